//! The timeline as a picture in the HTML report: the session and its rollback on one axis, to scale, by presentation attributes
//! alone. Its colours are the report's own, and each mark has a shape that tells it apart without colour.

use std::fmt::Write as _;

use chrono::{DateTime, TimeDelta, Utc};
use holdpoint_domain::session::Record;
use holdpoint_domain::timeline::{
    Axis, Drawn, Lane, LaneRole, Row, RowLayout, Timeline, TimelineFold, Tone, kind_word, layout, members_in_words,
    result_words,
};

use crate::error::ExportError;
use crate::told::Told;
use crate::visible::visible;

const LEFT: f64 = 130.0;
const WIDTH: f64 = 1_000.0;
const AXIS: f64 = 24.0;
const NAME: f64 = 22.0;
const LINE: f64 = 16.0;
const SPACE: f64 = 10.0;
/// The width of a character of a band's text, about.
const CHARACTER: f64 = 6.2;

/// Takes the records of a session and of its rollback one by one.
#[derive(Debug, Default)]
pub(super) struct TimelineSvg {
    fold: TimelineFold,
}

impl TimelineSvg {
    pub(super) fn add(&mut self, record: &Record) {
        self.fold.add(record);
    }

    /// A section of HTML; nothing for a log without an event.
    pub(super) fn finish(self) -> String {
        self.fold
            .finish(None)
            .map_or_else(String::new, |timeline| section(&timeline))
    }
}

/// Events of which a picture is drawn. What is drawn of one is kept until the end, unlike anything else that an export reads.
const DRAWN: u64 = 20_000;

/// The picture of a session's log, with that of its rollback where it could be read; or why there is none.
pub(super) fn of(told: &Told<'_>) -> Result<String, ExportError> {
    let rollback = told.linked.undone_by.as_ref().and_then(|one| one.source.as_ref());
    let events = told.folded.head.seq + rollback.map_or(0, |one| one.folded.head.seq);
    if events > DRAWN {
        return Ok(format!(
            "<h2>Timeline to scale (UTC)</h2>\n<p>Not drawn: there are {events} events, and a picture is drawn of at most {DRAWN}. \
             The tables of this report have all of them.</p>\n"
        ));
    }
    let mut svg = TimelineSvg::default();
    for record in told.log.records() {
        svg.add(&record.map_err(ExportError::Log)?);
    }
    for record in rollback.into_iter().flat_map(|one| one.log.records()) {
        svg.add(&record.map_err(ExportError::Log)?);
    }
    Ok(svg.finish())
}

fn section(timeline: &Timeline) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = write_section(&mut text, timeline);
    text
}

fn write_section(text: &mut String, timeline: &Timeline) -> std::fmt::Result {
    let rows: Vec<Vec<RowLayout>> = timeline
        .lanes
        .iter()
        .map(|lane| layout(lane, &timeline.axis, WIDTH))
        .collect();
    let height = AXIS + rows.iter().map(|rows| lane_height(rows)).sum::<f64>();
    let together: usize = rows
        .iter()
        .flatten()
        .flat_map(|row| &row.drawn)
        .map(|drawn| drawn.spans.len())
        .filter(|all| *all > 1)
        .sum();
    let names: Vec<String> = timeline.lanes.iter().map(lane_name).collect();
    writeln!(text, "<h2>Timeline to scale (UTC)</h2>\n<div class=\"table\">")?;
    writeln!(
        text,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {height}\" width=\"100%\" role=\"img\" \
         aria-labelledby=\"timeline-title timeline-desc\" font-family=\"system-ui,sans-serif\" font-size=\"11\" fill=\"var(--ink,#1a1d21)\">",
        LEFT + WIDTH + 10.0
    )?;
    writeln!(
        text,
        "<title id=\"timeline-title\">Timeline of {}</title>\n<desc id=\"timeline-desc\">From {} to {}. The tables of this report say the same in \
         words.{}</desc>",
        escaped(&names.join(" and ")),
        utc(timeline.axis.from),
        utc(timeline.axis.to),
        if together > 0 {
            " A mark with a number stands for so many."
        } else {
            ""
        }
    )?;
    writeln!(
        text,
        "<defs><pattern id=\"timeline-hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
         <path d=\"M0 0V6\" stroke=\"{}\" stroke-width=\"2\" stroke-opacity=\"0.55\"/></pattern></defs>",
        colour(Tone::Hold)
    )?;
    ticks(text, &timeline.axis, height)?;
    let mut top = AXIS;
    for (lane, rows) in timeline.lanes.iter().zip(&rows) {
        write_lane(text, lane, rows, &timeline.axis, top)?;
        top += lane_height(rows);
    }
    writeln!(text, "</svg>\n</div>")?;
    let mut tones: Vec<Tone> = timeline
        .lanes
        .iter()
        .flat_map(|lane| &lane.spans)
        .map(Tone::of)
        .collect();
    tones.sort_unstable();
    tones.dedup();
    write!(text, "<p>")?;
    for tone in tones {
        write!(
            text,
            "<svg viewBox=\"-6 -6 12 12\" width=\"12\" height=\"12\" aria-hidden=\"true\">{}</svg> {} &#160; ",
            shape(tone, 0.0, 0.0),
            tone.meaning()
        )?;
    }
    if together > 0 {
        write!(
            text,
            "{together} of them stand too close to be drawn apart: a mark with a number stands for so many."
        )?;
    }
    for lane in &timeline.lanes {
        if let Some(back) = lane.clock_back {
            write!(
                text,
                " {}: the clock went back before event {}; what came then is drawn no earlier than what came before it.",
                escaped(&lane.name),
                back.first
            )?;
        }
    }
    writeln!(text, "</p>")
}

fn lane_name(lane: &Lane) -> String {
    let role = match (lane.role, lane.rehearsal) {
        (LaneRole::Rollback, true) => "Rollback (rehearsal): ",
        (LaneRole::Rollback, false) => "Rollback: ",
        (LaneRole::Session, true) => "Rehearsal: ",
        (LaneRole::Session, false) => "",
    };
    format!("{role}{}", lane.name)
}

fn row_height(row: &RowLayout) -> f64 {
    LINE * row.lines as f64 + 4.0
}

fn lane_height(rows: &[RowLayout]) -> f64 {
    NAME + rows.iter().map(row_height).sum::<f64>() + SPACE
}

fn ticks(text: &mut String, axis: &Axis, height: f64) -> std::fmt::Result {
    for tick in axis.ticks(9, 0) {
        let x = LEFT + axis.place(tick.at) * WIDTH;
        let pattern = match (tick.day || axis.length() > TimeDelta::hours(20), tick.seconds) {
            (true, _) => "%m-%d %H:%M",
            (false, true) => "%H:%M:%S",
            (false, false) => "%H:%M",
        };
        let (anchor, at) = if x > LEFT + WIDTH - 60.0 {
            ("end", x - 3.0)
        } else {
            ("start", x + 3.0)
        };
        writeln!(
            text,
            "<path d=\"M{x:.1} 4V{height}\" stroke=\"var(--line,#dcd8cd)\"/><text x=\"{at:.1}\" y=\"13\" font-size=\"10\" text-anchor=\"{anchor}\">{}</text>",
            tick.at.format(pattern)
        )?;
    }
    Ok(())
}

fn write_lane(text: &mut String, lane: &Lane, rows: &[RowLayout], axis: &Axis, top: f64) -> std::fmt::Result {
    writeln!(
        text,
        "<text x=\"0\" y=\"{:.1}\" font-size=\"12.5\" font-weight=\"bold\">{}</text>",
        top + 14.0,
        escaped(&lane_name(lane))
    )?;
    let bottom = top + lane_height(rows) - SPACE;
    for drawn in rows
        .iter()
        .filter(|row| row.row == Row::Holds)
        .flat_map(|row| &row.drawn)
    {
        writeln!(
            text,
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"url(#timeline-hatch)\" fill-opacity=\"0.4\"/>",
            LEFT + drawn.x,
            top + NAME,
            drawn.width,
            bottom - top - NAME
        )?;
    }
    let mut y = top + NAME;
    for row in rows {
        writeln!(
            text,
            "<text x=\"0\" y=\"{:.1}\" font-size=\"10.5\">{}</text>",
            y + 12.0,
            row.row.title()
        )?;
        for drawn in &row.drawn {
            mark(text, lane, axis, row.row, drawn, y + LINE * drawn.line as f64)?;
        }
        y += row_height(row);
    }
    Ok(())
}

fn mark(text: &mut String, lane: &Lane, axis: &Axis, row: Row, drawn: &Drawn, y: f64) -> std::fmt::Result {
    let (x, middle, tone) = (LEFT + drawn.x, y + 8.0, drawn.tone);
    let (width, colour) = (drawn.width, colour(tone));
    let number = (drawn.spans.len() > 1).then_some(drawn.spans.len());
    write!(text, "<g><title>{}</title>", escaped(&title(lane, axis, row, drawn)))?;
    let mut at = x + 5.0;
    match row {
        Row::Phases => {
            let label = drawn
                .spans
                .first()
                .and_then(|first| lane.spans.get(*first))
                .map_or("", |span| span.label.as_str());
            let label = number.map_or_else(|| label.to_owned(), |number| format!("{number} phases"));
            write!(
                text,
                "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"15\" rx=\"2\" fill=\"{colour}\" fill-opacity=\"0.15\" stroke=\"{colour}\"/>"
            )?;
            if width > 16.0 {
                text.push_str(&shape(tone, x + 8.0, y + 7.5));
                let shown = escaped(&fitting(&label, width - 20.0));
                write!(
                    text,
                    "<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"10.5\">{shown}</text>",
                    x + 16.0,
                    y + 11.5
                )?;
            }
            return writeln!(text, "</g>");
        }
        Row::Holds => {
            write!(
                text,
                "<rect x=\"{x:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"11\" fill=\"url(#timeline-hatch)\" stroke=\"{colour}\"/>",
                y + 2.0
            )?;
        }
        Row::Timers => {
            write!(
                text,
                "<rect x=\"{x:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"6\" rx=\"3\" fill=\"none\" stroke=\"currentColor\"/>",
                middle - 3.0
            )?;
            return writeln!(text, "</g>");
        }
        Row::Gates if width > 12.0 => {
            write!(
                text,
                "<rect x=\"{x:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"4\" rx=\"2\" fill=\"currentColor\" fill-opacity=\"0.4\"/>",
                middle - 2.0
            )?;
            at = x + width - 5.0;
        }
        Row::Gates | Row::Steps | Row::Notes => {}
    }
    text.push_str(&shape(tone, at, middle));
    if let Some(number) = number {
        write!(
            text,
            "<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"10\" font-weight=\"bold\">{number}</text>",
            at + 7.0,
            middle + 4.0
        )?;
    }
    writeln!(text, "</g>")
}

fn title(lane: &Lane, axis: &Axis, row: Row, drawn: &Drawn) -> String {
    let [one] = drawn.spans[..] else {
        return members_in_words(lane, row, drawn);
    };
    let Some(span) = lane.spans.get(one) else {
        return String::new();
    };
    let result = result_words(span);
    let result = if result.is_empty() {
        result
    } else {
        format!(", {result}")
    };
    let until = match span.to {
        Some(to) if to.seq != span.from.seq => format!(" to {}", utc(to.at)),
        Some(_) => String::new(),
        None => format!(", without an end up to {}", utc(axis.to)),
    };
    format!(
        "{}: {}{result}. {}{until}. {}",
        kind_word(span),
        span.label,
        utc(span.from.at),
        span.by
    )
}

fn utc(at: DateTime<Utc>) -> impl std::fmt::Display {
    at.format("%Y-%m-%d %H:%M:%S")
}

/// Those of the report's own style, and what they are in its light one where there is no style.
fn colour(tone: Tone) -> &'static str {
    match tone {
        Tone::Pass | Tone::Done => "var(--pass,#1c6b3c)",
        Tone::Fail => "var(--fail,#b3261e)",
        Tone::Hold | Tone::Caution => "var(--inconclusive,#8f5200)",
        Tone::Plain | Tone::Open | Tone::LeftOut => "currentColor",
    }
}

fn shape(tone: Tone, x: f64, y: f64) -> String {
    let paint = match tone.is_outline() {
        true => format!("fill=\"none\" stroke=\"{}\" stroke-width=\"1.6\"", colour(tone)),
        false => format!("fill=\"{}\"", colour(tone)),
    };
    format!(
        "<path d=\"{}\" transform=\"translate({x:.1} {y:.1})\" {paint}/>",
        tone.path()
    )
}

/// As much of a text as there is room for.
fn fitting(text: &str, width: f64) -> String {
    let room = (width / CHARACTER).max(0.0) as usize;
    match text.chars().count() {
        all if all <= room => text.to_owned(),
        _ if room < 4 => String::new(),
        _ => text.chars().take(room - 1).chain(['…']).collect(),
    }
}

fn escaped(text: &str) -> String {
    let text = visible(text);
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

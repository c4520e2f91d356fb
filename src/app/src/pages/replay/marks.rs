//! The marks of a lane: bands for what lasts, shapes for what happened, hatching for holds.

use holdpoint_domain::timeline::{Axis, Drawn, Lane, Row, RowLayout, SpanKind, Tone, members_in_words};
use leptos::prelude::*;

use super::key::Shape;
use super::told::{format_of, sentence};
use crate::state::replay::use_replay;

/// Where time begins, after the names of the rows.
pub const LEFT: f64 = 130.0;
/// How wide the time is.
pub const WIDTH: f64 = 1_000.0;
/// The name of a lane above its rows.
const NAME: f64 = 22.0;
/// Below a lane.
const SPACE: f64 = 10.0;
/// The width of a character of a band's text, about.
const CHARACTER: f64 = 6.2;

/// The height of one line of a row.
fn line_height(row: Row) -> f64 {
    match row {
        Row::Phases => 20.0,
        _ => 15.0,
    }
}

fn row_height(row: &RowLayout) -> f64 {
    line_height(row.row) * row.lines as f64 + 3.0
}

/// How high a lane is.
pub fn lane_height(rows: &[RowLayout]) -> f64 {
    NAME + rows.iter().map(row_height).sum::<f64>() + SPACE
}

/// The top of a row below that of its lane.
pub fn top_of(rows: &[RowLayout], index: usize) -> f64 {
    NAME + rows[..index].iter().map(row_height).sum::<f64>()
}

#[component]
pub fn LaneMarks(place: usize, lane: Lane, rows: Vec<RowLayout>, axis: Axis, top: f64) -> impl IntoView {
    let behind = rows.iter().filter(|row| row.row == Row::Holds).flat_map(|row| &row.drawn).map(|drawn| {
        let height = lane_height(&rows) - NAME - SPACE;
        view! {
            <rect class="hold-behind" x=LEFT + drawn.x y=top + NAME width=drawn.width height=height fill="url(#hold-hatch)" />
        }
    });
    let behind = behind.collect_view();
    let marks = rows.iter().enumerate().flat_map(|(index, row)| {
        let y = top + top_of(&rows, index);
        let (lane, axis) = (&lane, &axis);
        row.drawn.iter().map(move |drawn| {
            let y = y + line_height(row.row) * drawn.line as f64;
            mark(place, lane, axis, row.row, drawn, y)
        })
    });
    let marks = marks.collect_view();
    view! { {behind}{marks} }
}

fn mark(place: usize, lane: &Lane, axis: &Axis, row: Row, drawn: &Drawn, y: f64) -> impl IntoView + use<> {
    let replay = use_replay();
    let span = drawn.spans.first().and_then(|first| lane.spans.get(*first));
    let format = format_of(axis);
    let title = match (drawn.spans.len(), span) {
        (1, Some(span)) => sentence(span, format),
        _ => members_in_words(lane, row, drawn),
    };
    let seq = span.map(|span| match (&span.kind, span.to) {
        (SpanKind::Step { .. }, Some(to)) => to.seq,
        _ => span.from.seq,
    });
    let choose = move |event: leptos::ev::MouseEvent| {
        event.stop_propagation();
        if let Some(seq) = seq {
            replay.choose_of_lane(place, seq);
        }
    };
    let number = (drawn.spans.len() > 1).then(|| drawn.spans.len().to_string());
    let label = span.map(|span| span.label.clone()).unwrap_or_default();
    let x = LEFT + drawn.x;
    let shape = match row {
        Row::Phases => band(drawn, label, number, x, y).into_any(),
        Row::Holds => view! {
            <rect class="hold-band" x=x y=y + 2.0 width=drawn.width height="10" fill="url(#hold-hatch)" />
            {(drawn.width > 14.0).then(|| view! { <Shape tone=Tone::Hold x=x + 7.0 y=y + 7.0 /> })}
            {number.map(|number| view! { <text class="mark-number" x=x + 16.0 y=y + 11.0>{number}</text> })}
        }
        .into_any(),
        Row::Timers => {
            view! { <rect class="timer-band" x=x y=y + 4.0 width=drawn.width height="6" rx="3" /> }.into_any()
        }
        Row::Steps | Row::Gates | Row::Notes => {
            let middle = y + 7.0;
            // The bar is what lasted; the shape stands where it ended.
            let bar = (row == Row::Gates && drawn.width > 12.0).then(|| {
                view! { <rect class=format!("bar-{}", drawn.tone.name()) x=x y=middle - 2.0 width=drawn.width height="4" rx="2" /> }
            });
            let at = x + if row == Row::Gates { drawn.width - 5.0 } else { 5.0 };
            let number =
                number.map(|number| view! { <text class="mark-number" x=at + 7.0 y=middle + 4.0>{number}</text> });
            view! { {bar}<Shape tone=drawn.tone x=at y=middle />{number} }.into_any()
        }
    };
    view! { <g class="mark" on:click=choose><title>{title}</title>{shape}</g> }
}

fn band(drawn: &Drawn, label: String, number: Option<String>, x: f64, y: f64) -> impl IntoView + use<> {
    let text = number.map_or(label, |number| format!("{number} phases"));
    let shown = fitting(&text, drawn.width - 20.0);
    let tone = drawn.tone;
    view! {
        <rect class=format!("band-{}", tone.name()) x=x y=y width=drawn.width height="17" rx="2" />
        {(drawn.width > 16.0).then(|| view! { <Shape tone x=x + 9.0 y=y + 8.5 /> })}
        <text class="band-text" x=x + 17.0 y=y + 12.5>{shown}</text>
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_band_says_as_much_as_fits() {
        for (width, shown) in [(100.0, "Migrate"), (31.0, "Migr…"), (10.0, ""), (-5.0, "")] {
            assert_eq!(fitting("Migrate", width), shown);
        }
    }
}

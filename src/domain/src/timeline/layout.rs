//! Where the spans of a lane stand on a picture, in a bounded number of marks: what would stand too close is drawn as one mark that
//! says how many it stands for.

use super::axis::Axis;
use super::shape::Tone;
use super::span::{Lane, Span, SpanKind};
use super::words::count;

/// A row of a lane, in the order from top to bottom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// Top-level steps as bands.
    Phases,
    /// When each step was done, or was left.
    Steps,
    /// Runs of gates, and what a browser saw.
    Gates,
    /// Times on hold.
    Holds,
    /// Timers that were set.
    Timers,
    /// Notes, decisions, the start and the end.
    Notes,
}

/// A mark that is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    /// Its left edge.
    pub x: f64,
    /// Its width, which may be less than its shape needs.
    pub width: f64,
    /// The line of its row, from 0.
    pub line: usize,
    /// The worst of what it stands for.
    pub tone: Tone,
    /// The places of what it stands for among the lane's spans, never empty.
    pub spans: Vec<usize>,
}

/// A row with its marks.
#[derive(Clone, Debug, PartialEq)]
pub struct RowLayout {
    /// Told from the others of its lane by this.
    pub row: Row,
    /// How many lines it has.
    pub lines: usize,
    /// From left to right.
    pub drawn: Vec<Drawn>,
}

impl Row {
    /// Every row.
    pub const ALL: [Self; 6] = [
        Self::Phases,
        Self::Steps,
        Self::Gates,
        Self::Holds,
        Self::Timers,
        Self::Notes,
    ];

    /// Its name at the left.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Phases => "Phases",
            Self::Steps => "Steps",
            Self::Gates => "Gate runs",
            Self::Holds => "On hold",
            Self::Timers => "Timers",
            Self::Notes => "Notes and decisions",
        }
    }

    /// The singular of what is counted.
    const fn one(self) -> &'static str {
        match self {
            Self::Phases => "phase",
            Self::Steps => "step",
            Self::Gates => "gate run",
            Self::Holds => "hold",
            Self::Timers => "timer",
            Self::Notes => "entry",
        }
    }

    fn of(span: &Span) -> Self {
        match span.kind {
            SpanKind::Phase { .. } => Self::Phases,
            SpanKind::Step { .. } => Self::Steps,
            SpanKind::Gate { .. } => Self::Gates,
            SpanKind::Hold { .. } => Self::Holds,
            SpanKind::Timer { .. } => Self::Timers,
            SpanKind::Mark(_) => Self::Notes,
        }
    }

    /// The narrowest mark, and the room between two on one line.
    const fn room(self) -> (f64, f64) {
        match self {
            Self::Phases | Self::Holds | Self::Timers => (4.0, 0.0),
            Self::Steps | Self::Gates | Self::Notes => (10.0, 1.0),
        }
    }

    /// How many lines it may have.
    const fn most_lines(self) -> usize {
        match self {
            Self::Phases | Self::Holds | Self::Timers => 2,
            Self::Steps | Self::Notes => 1,
            Self::Gates => 3,
        }
    }

    /// Whether its marks are where the span ended, and not from its beginning on.
    const fn is_at_end(self) -> bool {
        matches!(self, Self::Steps)
    }
}

/// The rows of a lane that have anything in them, on a picture of this width.
#[must_use]
pub fn layout(lane: &Lane, axis: &Axis, width: f64) -> Vec<RowLayout> {
    let of = |row: Row| {
        let spans = lane.spans.iter().enumerate().filter(|(_, span)| Row::of(span) == row);
        row_layout(row, spans, axis, width)
    };
    Row::ALL
        .into_iter()
        .map(of)
        .filter(|row| !row.drawn.is_empty())
        .collect()
}

fn row_layout<'a>(row: Row, spans: impl Iterator<Item = (usize, &'a Span)>, axis: &Axis, width: f64) -> RowLayout {
    let (narrowest, gap) = row.room();
    let mut placed: Vec<(f64, f64, usize, Tone)> = spans
        .map(|(place, span)| {
            let end = axis.place(span.end(axis.to)) * width;
            let begin = if row.is_at_end() {
                end
            } else {
                axis.place(span.from.drawn) * width
            };
            (begin, end, place, Tone::of(span))
        })
        .collect();
    placed.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.2.cmp(&other.2)));
    let mut drawn: Vec<Drawn> = Vec::new();
    // The last mark of each line, and where it ends.
    let mut lines: Vec<(usize, f64)> = Vec::new();
    for (x, end, place, tone) in placed {
        let right = end.max(x + narrowest);
        let free = lines.iter().position(|(_, until)| *until + gap <= x + 1e-6);
        let line = match free {
            Some(line) => line,
            None if lines.len() < row.most_lines() => {
                lines.push((0, 0.0));
                lines.len() - 1
            }
            None => {
                // Into the mark that ends first.
                let nearest = (0..lines.len()).min_by(|one, other| lines[*one].1.total_cmp(&lines[*other].1));
                let line = nearest.unwrap_or(0);
                let mark = &mut drawn[lines[line].0];
                mark.spans.push(place);
                mark.tone = mark.tone.max(tone);
                // No further than what it stands for really lasts, so that the next ones have marks of their own.
                mark.width = mark.width.max(end - mark.x);
                lines[line].1 = mark.x + mark.width;
                continue;
            }
        };
        lines[line] = (drawn.len(), right);
        drawn.push(Drawn {
            x,
            width: right - x,
            line,
            tone,
            spans: vec![place],
        });
    }
    RowLayout {
        row,
        lines: lines.len(),
        drawn,
    }
}

/// What a mark that stands for several says: `12 gate runs: 9 passed, 3 failed`.
#[must_use]
pub fn members_in_words(lane: &Lane, row: Row, drawn: &Drawn) -> String {
    let what = match (row, drawn.spans.len()) {
        (Row::Notes, several) if several != 1 => format!("{several} entries"),
        (_, several) => count(several, row.one()),
    };
    let tones = drawn
        .spans
        .iter()
        .filter_map(|place| lane.spans.get(*place))
        .map(Tone::of);
    let mut counts = [0_usize; Tone::ALL.len()];
    for tone in tones {
        if let Some(place) = Tone::ALL.iter().position(|known| *known == tone) {
            counts[place] += 1;
        }
    }
    let told = Tone::ALL.into_iter().zip(counts).filter(|(_, count)| *count > 0);
    let told: Vec<String> = told
        .filter_map(|(tone, count)| Some(format!("{count} {}", member_word(row, tone)?)))
        .collect();
    match told.is_empty() {
        true => what,
        false => format!("{what}: {}", told.join(", ")),
    }
}

fn member_word(row: Row, tone: Tone) -> Option<&'static str> {
    match (row, tone) {
        (Row::Gates, Tone::Pass) => Some("passed"),
        (Row::Gates, Tone::Fail) => Some("failed"),
        (Row::Gates, Tone::Hold) => Some("inconclusive"),
        (Row::Gates, _) => Some("without a verdict"),
        (Row::Phases | Row::Steps, Tone::Pass) => Some("ticked by gates"),
        (Row::Phases | Row::Steps, Tone::Done) => Some("done"),
        (Row::Phases | Row::Steps, Tone::LeftOut) => Some("left out"),
        (Row::Phases | Row::Steps, Tone::Caution) => Some("without a pass"),
        (Row::Phases | Row::Steps, _) => Some("not finished"),
        (Row::Holds | Row::Timers | Row::Notes, _) => None,
    }
}

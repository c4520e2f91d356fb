//! How a span looks: a colour, and a shape that tells it apart without colour.

use super::span::{Mark, Span, SpanKind, StepEnd};
use crate::gate::Outcome;

/// The look of a span. Each has a shape of its own, and a word in [`super::result_words`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tone {
    /// A disc: a gate passed, or ticked.
    Pass,
    /// A square: a person or sub-steps finished a step.
    Done,
    /// An empty square: left out.
    LeftOut,
    /// A diamond: a note, a value, a start, an end.
    Plain,
    /// A ring: it has no end yet.
    Open,
    /// A triangle: gone on without a pass, a declaration taken, a rollback.
    Caution,
    /// Two bars: inconclusive, on hold.
    Hold,
    /// A cross: failed.
    Fail,
}

impl Tone {
    /// Of a span.
    #[must_use]
    pub fn of(span: &Span) -> Self {
        let end = |end: &Option<StepEnd>| match end {
            None => Self::Open,
            Some(StepEnd::Gates) => Self::Pass,
            Some(StepEnd::Person | StepEnd::SubSteps) => Self::Done,
            Some(StepEnd::WithoutPass) => Self::Caution,
            Some(StepEnd::LeftOut) => Self::LeftOut,
        };
        match &span.kind {
            SpanKind::Phase { end: how, .. } | SpanKind::Step { end: how, .. } => end(how),
            SpanKind::Gate { verdict, .. } => match verdict {
                None => Self::Open,
                Some(Outcome::Pass) => Self::Pass,
                Some(Outcome::Fail) => Self::Fail,
                Some(Outcome::Inconclusive) => Self::Hold,
            },
            SpanKind::Hold { .. } => Self::Hold,
            SpanKind::Timer { .. } => Self::Plain,
            SpanKind::Mark(Mark::WentOnWithoutPass | Mark::Declaration | Mark::RollbackStarted | Mark::TakenBack) => {
                Self::Caution
            }
            SpanKind::Mark(_) => Self::Plain,
        }
    }

    /// A name for style sheets.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Done => "done",
            Self::LeftOut => "left-out",
            Self::Plain => "plain",
            Self::Open => "open",
            Self::Caution => "caution",
            Self::Hold => "hold",
            Self::Fail => "fail",
        }
    }

    /// Its shape as the path of an SVG, in a square of 10 by 10 around the origin. [`Tone::Open`] and [`Tone::LeftOut`] are lines, and
    /// the others are filled.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Pass => "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0z",
            Self::Open => "M-3.8 0a3.8 3.8 0 1 0 7.6 0a3.8 3.8 0 1 0-7.6 0z",
            Self::Done => "M-4-4h8v8h-8z",
            Self::LeftOut => "M-3.5-3.5h7v7h-7zM-3.5 0h7",
            Self::Plain => "M0-5 5 0 0 5-5 0z",
            Self::Caution => "M0-5 5 4.5h-10z",
            Self::Hold => "M-4.5-4.5h3.4v9h-3.4zM1.1-4.5h3.4v9h-3.4z",
            Self::Fail => "M-4.5-2.8-2.8-4.5 0-1.7 2.8-4.5 4.5-2.8 1.7 0 4.5 2.8 2.8 4.5 0 1.7-2.8 4.5-4.5 2.8-1.7 0z",
        }
    }

    /// Whether its shape is drawn as a line.
    #[must_use]
    pub const fn is_outline(self) -> bool {
        matches!(self, Self::Open | Self::LeftOut)
    }

    /// What it says, for a key to the picture.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Pass => "gate passed, or step ticked by its gates",
            Self::Done => "step done",
            Self::LeftOut => "step left out",
            Self::Plain => "note, value, start or end",
            Self::Open => "without an end",
            Self::Caution => "without a pass, corrected, taken back or rolled back",
            Self::Hold => "inconclusive, or on hold",
            Self::Fail => "gate failed",
        }
    }

    /// Every tone, from the calmest to the worst.
    pub const ALL: [Self; 8] = [
        Self::Pass,
        Self::Done,
        Self::LeftOut,
        Self::Plain,
        Self::Open,
        Self::Caution,
        Self::Hold,
        Self::Fail,
    ];
}

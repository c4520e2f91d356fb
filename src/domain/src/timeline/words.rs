//! A span in words.

use super::span::{HoldEnd, Mark, Span, SpanKind, StepEnd};
use crate::gate::{Outcome, Source};
use crate::session::{SessionOutcome, span_in_words};

/// What a span is: `Gate run`.
#[must_use]
pub fn kind_word(span: &Span) -> &'static str {
    match &span.kind {
        SpanKind::Phase { .. } => "Phase",
        SpanKind::Step { .. } => "Step",
        SpanKind::Gate {
            source: Source::Browser,
            ..
        } => "Seen from the browser",
        SpanKind::Gate { .. } => "Gate run",
        SpanKind::Hold { .. } => "Hold",
        SpanKind::Timer { .. } => "Timer",
        SpanKind::Mark(mark) => match mark {
            Mark::Started => "Start",
            Mark::Note => "Note",
            Mark::Value => "Value",
            Mark::WorkDone => "Work done",
            Mark::TakenBack => "Taken back",
            Mark::WentOnWithoutPass => "Without a pass",
            Mark::Declaration => "Declaration",
            Mark::RollbackStarted => "Rollback",
            Mark::Closed(_) => "Closing",
        },
    }
}

/// What came of it: `failed, run 2`, `lifted by a pass`. Empty where its label says it.
#[must_use]
pub fn result_words(span: &Span) -> String {
    match &span.kind {
        SpanKind::Phase { end, .. } => end_words(*end).to_owned(),
        SpanKind::Step { end, taken_back, .. } => match taken_back {
            Some(seq) => format!("{}, taken back by event {seq}", end_words(*end)),
            None => end_words(*end).to_owned(),
        },
        SpanKind::Gate {
            verdict,
            number,
            attempts,
            ..
        } => {
            let mut words = match verdict {
                None => "no verdict".to_owned(),
                Some(Outcome::Pass) => "passed".to_owned(),
                Some(Outcome::Fail) => "failed".to_owned(),
                Some(Outcome::Inconclusive) => "inconclusive".to_owned(),
            };
            if *number > 0 {
                words += &format!(", run {number}");
            }
            if *attempts > 1 {
                words += &format!(", {attempts} attempts");
            }
            words
        }
        SpanKind::Hold { ended, .. } => match ended {
            None => "still holds",
            Some(HoldEnd::Pass) => "lifted by a pass",
            Some(HoldEnd::Caution) => "lifted without a pass: proceed with caution",
            Some(HoldEnd::Declaration) => "lifted by a pass, by a corrected declaration",
            Some(HoldEnd::Rollback) => "not lifted: a rollback was started",
            Some(HoldEnd::Closed) => "not lifted: the session was closed",
        }
        .to_owned(),
        SpanKind::Timer { seconds, .. } => format!("set to {}", span_in_words(*seconds)),
        SpanKind::Mark(Mark::Closed(outcome)) => match outcome {
            SessionOutcome::Completed => "completed",
            SessionOutcome::RolledBack => "rolled back",
            SessionOutcome::Abandoned => "given up",
        }
        .to_owned(),
        SpanKind::Mark(_) => String::new(),
    }
}

fn end_words(end: Option<StepEnd>) -> &'static str {
    match end {
        None => "not finished",
        Some(StepEnd::Person) => "ticked",
        Some(StepEnd::Gates) => "ticked by its gates",
        Some(StepEnd::SubSteps) => "done with its last sub-step",
        Some(StepEnd::WithoutPass) => "gone on with, without a pass",
        Some(StepEnd::LeftOut) => "left out",
    }
}

/// `1 event was written after it was closed.` Nothing where none was.
#[must_use]
pub fn after_closing_words(events: usize) -> Option<String> {
    match events {
        0 => None,
        1 => Some("1 event was written after it was closed.".to_owned()),
        _ => Some(format!("{events} events were written after it was closed.")),
    }
}

/// `1 gate run`, `3 gate runs`.
#[must_use]
pub fn count(number: usize, one: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        _ => format!("{number} {one}s"),
    }
}

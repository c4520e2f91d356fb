//! What happened when, as tables of Markdown: every event, and how long each hold lasted.

use std::fmt::Write as _;

use crate::error::ExportError;
use crate::escape::escape;
use crate::evidence::{time, time_utc, word};
use crate::holds::HoldSpan;
use crate::linked::LinkedSession;
use crate::log::Log;
use crate::paper::Paper;
use holdpoint_domain::session::{Record, State, describe, span_in_words};

pub(super) fn timeline(paper: &mut dyn Paper, log: &dyn Log, state: &State) -> Result<(), ExportError> {
    paper.text("## Timeline (UTC)\n\n")?;
    events(paper, log, state)
}

fn events(paper: &mut dyn Paper, log: &dyn Log, state: &State) -> Result<(), ExportError> {
    let mut rows = log
        .records()
        .map(|record| Ok(row(&record.map_err(ExportError::Log)?, state)));
    paper.table(
        "| Time (UTC) | Who | What | Verdict | Detail |\n| --- | --- | --- | --- | --- |\n",
        &mut rows,
    )
}

fn row(record: &Record, state: &State) -> String {
    let told = describe(state, record);
    let verdict = told.outcome.map_or("", word);
    format!(
        "| {} | {} | {}: {} | {verdict} | {} |\n",
        time(record.at),
        escape(record.actor.name()),
        escape(&told.subject),
        escape(&told.what),
        escape(&told.detail)
    )
}

/// Every hold with its length, and the time on hold in all. Nothing where nothing held.
pub(super) fn holds(text: &mut String, heading: &str, spans: &[HoldSpan], seconds: u64) -> std::fmt::Result {
    if spans.is_empty() {
        return Ok(());
    }
    writeln!(
        text,
        "{heading}\n\nOn hold for {} in all{}.\n\n| Gate | Step | From (UTC) | To (UTC) | Lasted | Lifted by |\n\
         | --- | --- | --- | --- | --- | --- |",
        span_in_words(seconds),
        match spans.iter().any(|span| span.to.is_none()) {
            true => ", up to the last event: it is still on hold",
            false if spans.len() > 1 => "; where more than one gate held, that time is counted once",
            false => "",
        }
    )?;
    for span in spans {
        writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} |",
            escape(&span.gate),
            escape(&span.step),
            time(span.from),
            span.to.map_or_else(|| "holds".to_owned(), time),
            span_in_words(span.seconds),
            span.ended_by.map_or("", crate::holds::end_in_words)
        )?;
    }
    writeln!(text)
}

/// What the rollback of a session did, by its own log.
pub(super) fn rollback(paper: &mut dyn Paper, rollback: &LinkedSession) -> Result<(), ExportError> {
    let mut text = String::new();
    // Writing to a string cannot fail, so that the result says nothing.
    rollback_head(&mut text, rollback).unwrap_or(());
    paper.text(&text)?;
    match &rollback.source {
        Some(source) => events(paper, &*source.log, &source.folded.state),
        None => Ok(()),
    }
}

fn rollback_head(text: &mut String, rollback: &LinkedSession) -> std::fmt::Result {
    writeln!(text, "## Rollback: what it did\n")?;
    let (Some(known), Some(source)) = (&rollback.known, &rollback.source) else {
        return writeln!(
            text,
            "The log of the rollback's session `{}` could not be read when this was written.\n",
            rollback.session
        );
    };
    writeln!(
        text,
        "**{}** {}. Session `{}`. What its gates answered is in its own report.\n",
        escape(&rollback.name()),
        escape(&rollback.stands()),
        rollback.session
    )?;
    if let Some(closed) = known.closed {
        writeln!(text, "It ended at {}.\n", time_utc(closed))?;
    }
    let held = &source.folded.holds;
    holds(text, "### Holds of the rollback", &held.spans, held.seconds)?;
    writeln!(text, "### Timeline of the rollback (UTC)\n")
}

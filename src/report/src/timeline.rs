//! What happened when, as tables of Markdown: every event, and how long each hold lasted.

use std::fmt::Write as _;

use crate::error::ExportError;
use crate::escape::escape;
use crate::evidence::{time, time_utc, word};
use crate::fold::Folded;
use crate::holds::Holds;
use crate::linked::LinkedSession;
use crate::log::Log;
use crate::paper::Paper;
use holdpoint_domain::session::{Event, Record, State, describe, span_in_words};

pub(super) fn timeline(paper: &mut dyn Paper, log: &dyn Log, folded: &Folded) -> Result<(), ExportError> {
    paper.text("## Timeline (UTC)\n\n")?;
    events(paper, log, folded)
}

/// What was written of a session beside its steps is left out: its sections have what stands there at last, and an earlier draft is
/// nobody's word any more.
fn events(paper: &mut dyn Paper, log: &dyn Log, folded: &Folded) -> Result<(), ExportError> {
    if folded.annotated > 0 {
        paper.text(&format!(
            "Left out: {} in which the post-mortem was written or changed, or an event was starred. The JSON and CSV exports have them.\n\n",
            match folded.annotated {
                1 => "1 event".to_owned(),
                many => format!("{many} events"),
            }
        ))?;
    }
    let rows = log.records().filter_map(|record| match record {
        Ok(record) if is_annotation(&record) => None,
        Ok(record) => Some(Ok(row(&record, &folded.state))),
        Err(error) => Some(Err(ExportError::Log(error))),
    });
    paper.table(
        "| Event | Time (UTC) | Who | What | Verdict | Detail |\n| --- | --- | --- | --- | --- | --- |\n",
        &mut Box::new(rows),
    )
}

/// Whether it is a part of what people wrote beside the steps.
pub(super) fn is_annotation(record: &Record) -> bool {
    matches!(record.event, Event::Annotated { .. })
}

fn row(record: &Record, state: &State) -> String {
    let told = describe(state, record);
    let verdict = told.outcome.map_or("", word);
    format!(
        "| {} | {} | {} | {}: {} | {verdict} | {} |\n",
        record.seq,
        time(record.at),
        escape(record.actor.name()),
        escape(&told.subject),
        escape(&told.what),
        escape(&told.detail)
    )
}

/// Every hold with its length, and the time on hold in all. Nothing where nothing held.
pub(super) fn holds(text: &mut String, heading: &str, holds: &Holds) -> std::fmt::Result {
    let (spans, Some(in_all)) = (&holds.spans, holds.in_words()) else {
        return Ok(());
    };
    writeln!(
        text,
        "{heading}\n\nTime on hold: {}{}.\n\n| Gate | Step | From (UTC) | To (UTC) | Lasted | Lifted by |\n\
         | --- | --- | --- | --- | --- | --- |",
        in_all,
        match spans.len() {
            0 | 1 => "",
            _ => "; where more than one gate held, that time is counted once",
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
            span.to
                .map_or_else(|| "not ended".to_owned(), |_| span_in_words(span.seconds)),
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
        Some(source) => events(paper, &*source.log, &source.folded),
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
    holds(text, "### Holds of the rollback", &source.folded.holds)?;
    writeln!(text, "### Timeline of the rollback (UTC)\n")
}

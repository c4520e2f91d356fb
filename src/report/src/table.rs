//! The timeline as CSV.

use std::borrow::Cow;
use std::io::Write;

use chrono::{DateTime, Utc};

use crate::error::ExportError;
use crate::evidence::Evidence;
use crate::header::practice;
use crate::linked::{LinkedSession, LinkedSessions};
use crate::told::Told;
use crate::visible::visible;
use holdpoint_domain::gate::Outcome;
use holdpoint_domain::session::{Event, SessionOutcome, describe};

/// One row per event, the evidence of a gate in the row of its verdict. Cells that a spreadsheet would run as a formula are neutralised.
pub(super) fn csv<W: Write>(out: W, told: &Told<'_>) -> Result<(), ExportError> {
    let (state, linked) = (&told.folded.state, told.linked);
    let practised = practice(told.header.rehearsal, told.header.drill);
    let events = told.folded.head.seq.to_string();
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record([
        "seq",
        "time (UTC)",
        "who",
        "subject",
        "what",
        "verdict",
        "detail",
        "step",
        "gate",
        "rehearsal",
        "linked session",
        "asked (UTC)",
        "answered (UTC)",
        "seconds",
        "attempts",
        "source",
        "request",
        "expectations",
        "output",
        "output size",
        "events",
        "hash",
        "starred by",
        "caption",
    ])?;
    for record in told.log.records() {
        let record = record.map_err(ExportError::Log)?;
        let told = describe(state, &record);
        let (step, gate) = place(&record.event);
        let verdict = told.outcome.map_or("", |outcome| match outcome {
            Outcome::Pass => "pass",
            Outcome::Fail => "fail",
            Outcome::Inconclusive => "inconclusive",
        });
        let seq = record.seq.to_string();
        let at = time(record.at);
        let evidence = Evidence::of(&record, state)
            .map(|evidence| cells_of(&evidence))
            .unwrap_or_default();
        let [
            asked,
            answered,
            seconds,
            attempts,
            source,
            request,
            expectations,
            output,
            size,
        ] = &evidence;
        let linked = link_of(&record.event, linked)
            .map_or_else(String::new, |(one, stands)| format!("{}: {stands}", one.name()));
        let star = state.annotations.stars.get(&record.seq);
        let (starred_by, caption) = star.map_or(("", ""), |star| (star.actor.name(), star.value.as_str()));
        let cells = [
            seq.as_str(),
            &at,
            record.actor.name(),
            &told.subject,
            &told.what,
            verdict,
            &told.detail,
            step,
            gate,
            practised,
            &linked,
            asked,
            answered,
            seconds,
            attempts,
            source,
            request,
            expectations,
            output,
            size,
            &events,
            &record.hash,
            starred_by,
            caption,
        ];
        writer.write_record(cells.map(neutral).iter().map(|cell| cell.as_bytes()))?;
    }
    Ok(writer.flush()?)
}

/// When it was asked and answered, how long that took, attempts, source, request, expectations, output and its size.
fn cells_of(evidence: &Evidence<'_>) -> [String; 9] {
    let verdict = evidence.verdict;
    let (output, size) = evidence.output();
    [
        time(verdict.started),
        time(verdict.finished),
        evidence.seconds(),
        verdict.attempts.to_string(),
        evidence.source().to_owned(),
        evidence.request(),
        evidence.expectations(),
        output,
        size,
    ]
}

fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S%.3f").to_string()
}

/// The linked session that an event is about, and how it stands.
fn link_of<'a>(event: &Event, linked: &'a LinkedSessions) -> Option<(&'a LinkedSession, String)> {
    let undone_by = || linked.undone_by.as_ref().map(|one| (one, one.stands()));
    match event {
        Event::SessionStarted(_) => linked.undoes.as_ref().map(|one| (one, one.undone_stands())),
        Event::RollbackStarted { session, .. } => undone_by().filter(|(one, _)| one.session == *session),
        Event::SessionClosed {
            outcome: SessionOutcome::RolledBack,
            ..
        } => undone_by(),
        _ => None,
    }
}

/// The step and the gate of an event, empty where it has none.
fn place(event: &Event) -> (&str, &str) {
    let gate = match event {
        Event::GateStarted { gate, .. }
        | Event::GateFinished { gate, .. }
        | Event::GateObserved { gate, .. }
        | Event::HoldPlaced { gate, .. }
        | Event::ProceededWithCaution { gate, .. }
        | Event::DeclarationTaken { gate, .. } => gate,
        _ => "",
    };
    (event.step().map_or("", String::as_str), gate)
}

/// What a formula begins with, in the forms of East Asian typing, too (OWASP, "CSV Injection").
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// The cell with an apostrophe before anything that a spreadsheet would take for a formula, blanks before it or not, and with what
/// cannot be seen made visible. A cell that has apostrophes of its own there gets another one, so that taking one away gives what was
/// written.
pub(super) fn neutral(cell: &str) -> Cow<'_, str> {
    let cell = visible(cell);
    let own = cell.trim_start_matches('\'');
    if own.starts_with(['\t', '\r', '\n']) || own.trim_start().starts_with(FORMULA) {
        Cow::Owned(format!("'{cell}"))
    } else {
        cell
    }
}

//! The timeline as CSV.

use crate::error::ExportError;
use crate::visible::visible;
use holdpoint_domain::gate::Outcome;
use holdpoint_domain::session::{Event, Record, State, describe};

/// One row per event. Cells that a spreadsheet would run as a formula are neutralised.
pub(super) fn csv(records: &[Record], state: &State) -> Result<String, ExportError> {
    let rehearsal = state.started.as_ref().is_some_and(|started| started.rehearsal);
    let mut writer = csv::Writer::from_writer(Vec::new());
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
        "hash",
    ])?;
    for record in records {
        let told = describe(state, &record.event);
        let (step, gate) = place(&record.event);
        let verdict = told.outcome.map_or("", |outcome| match outcome {
            Outcome::Pass => "pass",
            Outcome::Fail => "fail",
            Outcome::Inconclusive => "inconclusive",
        });
        let seq = record.seq.to_string();
        let at = record.at.format("%Y-%m-%d %H:%M:%S%.3f").to_string();
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
            if rehearsal { "yes" } else { "no" },
            &record.hash,
        ];
        writer.write_record(cells.map(neutral))?;
    }
    let bytes = writer.into_inner().map_err(|_| ExportError::Text)?;
    String::from_utf8(bytes).map_err(|_| ExportError::Text)
}

/// The step and the gate of an event, empty where it has none.
fn place(event: &Event) -> (&str, &str) {
    match event {
        Event::GateStarted { step, gate, .. }
        | Event::GateFinished { step, gate, .. }
        | Event::GateObserved { step, gate, .. }
        | Event::HoldPlaced { step, gate, .. } => (step, gate),
        Event::StepTicked { step, .. }
        | Event::StepUnticked { step, .. }
        | Event::StepSkipped { step, .. }
        | Event::ValueFilled { step, .. }
        | Event::TimerStarted { step, .. }
        | Event::NoteAdded { step: Some(step), .. } => (step, ""),
        Event::DeclarationTaken { gate, .. } => ("", gate),
        _ => ("", ""),
    }
}

/// What a formula begins with, in the forms of East Asian typing, too (OWASP, "CSV Injection").
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// The cell with an apostrophe before anything that a spreadsheet would take for a formula, blanks before it or not, and with what
/// cannot be seen made visible.
pub(super) fn neutral(cell: &str) -> String {
    let cell = visible(cell);
    if cell.starts_with(['\t', '\r', '\n']) || cell.trim_start().starts_with(FORMULA) {
        format!("'{cell}")
    } else {
        cell
    }
}

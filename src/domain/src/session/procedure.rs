//! Which procedure a session runs: the session's own text says it, to whoever has the reader.

use super::event::Started;
use crate::runbook::Procedure;

/// The procedure, read from the text that the session keeps from its start. None where the text has none with that id. The
/// reader is deterministic, so the procedure follows from the text and need not be recorded beside it.
#[cfg(feature = "read")]
pub(super) fn procedure_of(started: &Started) -> Option<Procedure> {
    let book = crate::runbook::read(&started.runbook, &started.text);
    book.procedures.into_iter().find(|one| one.id == started.procedure)
}

/// Without the reader nothing is known of the text. A session without its procedure has no step, so nothing in it can be
/// ticked, left out or run.
#[cfg(not(feature = "read"))]
pub(super) fn procedure_of(_: &Started) -> Option<Procedure> {
    None
}

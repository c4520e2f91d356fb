//! The rules of a start: what a session may run, and how much it may keep.

use super::event::{Event, Started};
use super::limits::{NAME_LIMIT, require_text};
use super::refusal::Refusal;
use super::state::State;
use super::version::check_version;
use crate::runbook::{Procedure, ProcedureKind};

/// Bytes that a session's start may have as JSON. It is one event, so it is written, sent to each viewer and parsed whole, and
/// kept in memory for each open session.
pub const START_LIMIT: usize = 16 * 1024 * 1024;

pub(super) fn start(state: &State, started: &Started) -> Result<Vec<Event>, Refusal> {
    if state.started.is_some() {
        return Err(Refusal::AlreadyStarted);
    }
    require_text("The captain's name", &started.captain, NAME_LIMIT)?;
    // Nobody knows the version that an emergency is about, nor what undoes it, before somebody has looked.
    let is_known = started.procedure.kind != ProcedureKind::Emergency && started.undoes.is_none();
    if is_known || !started.version.is_empty() {
        require_text("The version", &started.version, NAME_LIMIT)?;
        // A rollback takes over the version of what it undoes, whatever rule that one was started by.
        if started.undoes.is_none() {
            check_version(&started.version)?;
        }
    }
    let sha = &started.git_sha;
    if !is_known && sha.is_empty() {
        // What names it has no value, and does not pass.
    } else if !(7..=64).contains(&sha.len()) || !sha.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(Refusal::Malformed {
            what: "The git commit",
            value: sha.chars().take(NAME_LIMIT).collect(),
            rule: "it has 7 to 64 hexadecimal digits, as `git rev-parse HEAD` prints them.",
        });
    }
    may_be_run(&started.procedure)?;
    for rollback in &started.rollbacks {
        may_be_run(rollback).map_err(|reason| Refusal::BrokenRollback {
            rollback: rollback.title.clone(),
            reason: Box::new(reason),
        })?;
    }
    // A rollback holds what the undone session's start held, with its own gates and variables. It is given more room, so
    // that none is refused whose release was started.
    let limit = if started.undoes.is_some() {
        2 * START_LIMIT
    } else {
        START_LIMIT
    };
    if is_longer(started, limit) {
        return Err(Refusal::TooLarge {
            runbook: started.runbook_title.clone(),
            limit,
        });
    }
    Ok(vec![Event::SessionStarted(Box::new(started.clone()))])
}

/// Whether the start has more bytes than this as JSON. It is written nowhere, and no further than to the limit.
fn is_longer(started: &Started, limit: usize) -> bool {
    let written = serde_json::to_writer(Room(limit), started);
    written.is_err_and(|error| error.is_io())
}

/// A writer that counts bytes, and fails when there is no room for more.
struct Room(usize);

impl std::io::Write for Room {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let left = self.0.checked_sub(bytes.len());
        self.0 = left.ok_or(std::io::ErrorKind::StorageFull)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Whether a session can run the procedure: it was read without an error, it has steps, and each of them an id of its own.
///
/// # Errors
/// What is wrong with it.
pub fn may_be_run(procedure: &Procedure) -> Result<(), Refusal> {
    if !procedure.errors.is_empty() {
        return Err(Refusal::ProcedureErrors {
            procedure: procedure.title.clone(),
            errors: procedure.errors.clone(),
        });
    }
    if procedure.steps.is_empty() {
        return Err(Refusal::NoSteps {
            procedure: procedure.title.clone(),
        });
    }
    if let Some(step) = procedure.duplicate_step() {
        return Err(Refusal::DuplicateStep {
            procedure: procedure.title.clone(),
            step: step.id.clone(),
        });
    }
    Ok(())
}

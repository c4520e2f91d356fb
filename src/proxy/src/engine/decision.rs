//! What a session's state makes of a request.

use chrono::{DateTime, Utc};
use holdpoint_domain::session::{ClientCommand, Command, Event, State, decide};

use super::loaded_session::LoadedSession;
use super::request::CommandRequest;
use super::{EngineError, Mode, clock};
use crate::clock::new_id;
use crate::store::SessionAppend;

/// What a session's state makes of a request.
pub(super) enum Decision {
    /// It makes these events, which are folded into the state already.
    Append(SessionAppend),
    /// The command made events of this session before.
    Repeated,
    /// There is no such session, or a rule refuses it.
    Refused(EngineError),
}

/// Decides a request, and folds the events that it makes into the state.
pub(super) fn decide_request(loaded: &mut LoadedSession, request: &CommandRequest, mode: Mode) -> Decision {
    if loaded.has_command(request.id) {
        return Decision::Repeated;
    }
    let allowed = check_mode(loaded.state(), mode).and_then(|()| loaded.names().check(&request.actor));
    match allowed.and_then(|()| events_of(loaded.state(), request, mode)) {
        Ok(events) => {
            let at = loaded.now(verdict_time(&request.command));
            match loaded.push(events, &request.actor, request.id, at) {
                Ok(part) => Decision::Append(part),
                Err(error) => Decision::Refused(error.into()),
            }
        }
        Err(error) => Decision::Refused(error),
    }
}

/// A rehearsal must not write into real sessions, nor a proxy that asks real systems into rehearsals: every event in a log is
/// of the mode that its start names.
///
/// # Errors
/// The session belongs to the other mode.
pub(super) fn check_mode(state: &State, mode: Mode) -> Result<(), EngineError> {
    match state.started.as_deref().map(Mode::of) {
        Some(of) if of != mode => Err(EngineError::OtherMode(of)),
        _ => Ok(()),
    }
}

fn events_of(state: &State, request: &CommandRequest, mode: Mode) -> Result<Vec<Event>, EngineError> {
    if state.started.is_none() && !matches!(request.command, Command::Start(_)) {
        let session = request.session;
        return Err(EngineError::NoSession { session });
    }
    if let Command::Start(started) = &request.command
        && Mode::of(started) != mode
    {
        return Err(EngineError::OtherMode(Mode::of(started)));
    }
    let now = judged_at(&request.command);
    // A client's wish to run a gate becomes the start of a run.
    if let Command::Client(ClientCommand::RunGate { step, gate }) = &request.command {
        decide(state, &request.command, now)?;
        let start = Command::StartGate {
            run: new_id(),
            step: step.clone(),
            gate: gate.clone(),
            auto: false,
        };
        return Ok(decide(state, &start, now)?);
    }
    // The verdict says who cancelled the run.
    if let Command::Client(ClientCommand::CancelGate { run }) = request.command {
        let by = request.actor.name().to_owned();
        return Ok(decide(state, &Command::CancelGate { run, by }, now)?);
    }
    Ok(decide(state, &request.command, now)?)
}

/// When a command is judged. Evidence ages by the real clock: what is recorded is only kept from going backwards, which must
/// not make old evidence fresh, nor block for ever after the clock jumped ahead once.
pub(super) fn judged_at(command: &Command) -> DateTime<Utc> {
    verdict_time(command).into_iter().fold(clock(), DateTime::max)
}

/// A verdict is never recorded before it was reached, even if the clock was set back since.
fn verdict_time(command: &Command) -> Option<DateTime<Utc>> {
    match command {
        Command::FinishGate { verdict, .. } | Command::Observe { verdict, .. } => Some(verdict.finished),
        _ => None,
    }
}

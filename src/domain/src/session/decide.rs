//! The rules: which events a command makes, or which rule refuses it.

use chrono::{DateTime, Utc};

use super::annotate::annotate;
use super::cancel::{BY_CLOSING, BY_ROLLBACK, cancel_gate, cancel_open_runs, may_cancel};
use super::caution::proceed_with_caution;
use super::command::{ClientCommand, Command};
use super::declaration::{may_take_declaration, take_declaration};
use super::event::{Event, LiftedBy, ON_ITS_WAY, SessionId, SessionOutcome, StepId};
use super::limits::{NOTE_LIMIT, VALUE_LIMIT, check_length, require_text};
use super::preconditions::{find, may_start_gate, may_tick};
use super::refusal::Refusal;
use super::rehearsing::{not_followed, reveal};
use super::start::start;
use super::state::State;
use super::ticks::{confirm_work, skip, tick, untick};
use super::verdicts::{finish_gate, observe};

/// Decides a command: the events that it makes, in order, or the rule that refuses it.
///
/// # Errors
/// The first rule that refuses.
pub fn decide(state: &State, command: &Command, now: DateTime<Utc>) -> Result<Vec<Event>, Refusal> {
    if let Command::Start(started) = command {
        return start(state, started);
    }
    if state.started.is_none() {
        return Err(Refusal::NotStarted);
    }
    match command {
        Command::Start(_) => Err(Refusal::AlreadyStarted),
        Command::Client(ClientCommand::AddNote { step, text, written }) => add_note(
            state,
            step.as_ref(),
            text,
            written.filter(|written| is_late(*written, now)),
        ),
        Command::Client(ClientCommand::Annotate { annotation }) => annotate(state, annotation),
        Command::Client(ClientCommand::MarkNotFollowed { step, reason }) => not_followed(state, step, reason),
        // A rollback can always be started. A closed session takes no event of its course, so there the link is only in the rollback
        // session's own start.
        Command::LinkRollback { .. } if state.closed.is_some() => Ok(Vec::new()),
        _ if state.closed.is_some() => Err(Refusal::Closed),
        Command::LinkRollback { session, procedure } => Ok(link_rollback(state, *session, procedure, now)),
        Command::Client(ClientCommand::Tick { step }) => tick(state, step),
        Command::Client(ClientCommand::Untick { step, reason }) => untick(state, step, reason),
        Command::Client(ClientCommand::Skip { step, reason }) => skip(state, step, reason),
        Command::Client(ClientCommand::ConfirmWork { step }) => confirm_work(state, step),
        Command::Client(ClientCommand::RunGate { step, gate }) => {
            may_start_gate(state, step, gate).map(|()| Vec::new())
        }
        Command::Client(ClientCommand::CancelGate { run }) => may_cancel(state, *run).map(|_| Vec::new()),
        Command::Client(ClientCommand::ProceedWithCaution { step, gate, reason }) => {
            proceed_with_caution(state, step, gate, reason, now)
        }
        Command::Client(ClientCommand::FillValue { step, field, value }) => fill_value(state, step, field, value),
        Command::Client(ClientCommand::StartTimer { step, seconds }) => start_timer(state, step, *seconds),
        Command::Client(ClientCommand::Close { outcome, summary }) => close(state, *outcome, summary, now),
        Command::CloseDrill {
            outcome,
            summary,
            drill,
        } => {
            let mut events = close(state, *outcome, summary, now)?;
            // Its last event is the closing, which ends what may be told.
            events.splice(events.len() - 1..events.len() - 1, reveal(state, drill));
            Ok(events)
        }
        Command::StartGate { run, step, gate, auto } => {
            may_start_gate(state, step, gate)?;
            if state
                .gate_snapshot(gate)
                .is_some_and(|snapshot| snapshot.direct_decides)
            {
                return Err(Refusal::BrowserDecides { gate: gate.clone() });
            }
            Ok(vec![Event::GateStarted {
                run: *run,
                step: step.clone(),
                gate: gate.clone(),
                auto: *auto,
            }])
        }
        Command::Client(ClientCommand::TakeDeclaration { gate, reason, .. }) => {
            may_take_declaration(state, gate, reason).map(|()| Vec::new())
        }
        Command::TakeDeclaration {
            gate,
            declared,
            digest,
            reason,
        } => take_declaration(state, gate, declared.as_deref(), digest, reason),
        Command::CancelGate { run, by } => cancel_gate(state, *run, by, now),
        Command::FinishGate { run, verdict } => finish_gate(state, *run, verdict, now),
        Command::Observe {
            observation,
            run,
            step,
            gate,
            verdict,
        } => observe(state, (*observation, *run), step, gate, verdict, now),
    }
}

/// Whether a note waited. A time from the future is a clock that is wrong.
fn is_late(written: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now.signed_duration_since(written) >= ON_ITS_WAY
}

fn add_note(
    state: &State,
    step: Option<&StepId>,
    text: &str,
    written: Option<DateTime<Utc>>,
) -> Result<Vec<Event>, Refusal> {
    require_text("The note", text, NOTE_LIMIT)?;
    if let Some(id) = step {
        find(state, id)?;
    }
    Ok(vec![Event::NoteAdded {
        step: step.cloned(),
        text: text.to_owned(),
        written,
    }])
}

fn fill_value(state: &State, id: &str, field: &str, value: &str) -> Result<Vec<Event>, Refusal> {
    let step = find(state, id)?;
    if !step.fields().any(|known| known.id == field) {
        return Err(Refusal::UnknownField {
            step: step.title.clone(),
            field: field.to_owned(),
        });
    }
    check_length("The value", value, VALUE_LIMIT)?;
    Ok(vec![Event::ValueFilled {
        step: id.to_owned(),
        field: field.to_owned(),
        value: value.to_owned(),
    }])
}

fn start_timer(state: &State, id: &str, seconds: u64) -> Result<Vec<Event>, Refusal> {
    find(state, id)?;
    if !(1..=86_400).contains(&seconds) {
        let rule = "it has 1 to 86,400 seconds.";
        return Err(Refusal::Malformed {
            what: "The timer",
            value: seconds.to_string(),
            rule,
        });
    }
    Ok(vec![Event::TimerStarted {
        step: id.to_owned(),
        seconds,
    }])
}

/// The rollback takes over: what the session was still asking is of no use, and must not stand in the rollback's way. An
/// emergency goes on as it is.
fn link_rollback(state: &State, session: SessionId, procedure: &str, now: DateTime<Utc>) -> Vec<Event> {
    let started = Event::RollbackStarted {
        session,
        procedure: procedure.to_owned(),
    };
    if state.is_emergency() {
        return vec![started];
    }
    let mut events: Vec<_> = cancel_open_runs(state, BY_ROLLBACK, now).collect();
    if !state.holds.is_empty() {
        events.push(Event::HoldLifted {
            by: LiftedBy::Rollback { session },
        });
    }
    events.push(started);
    events
}

fn close(state: &State, outcome: SessionOutcome, summary: &str, now: DateTime<Utc>) -> Result<Vec<Event>, Refusal> {
    check_length("The summary", summary, NOTE_LIMIT)?;
    match outcome {
        SessionOutcome::Completed => {
            may_tick(state)?;
            // A run that is open may still fail and hold, and cancelled it would hold, too: a session is not completed over it.
            if let Some(run) = state.open_runs().next() {
                return Err(Refusal::GateOpen { gate: run.gate.clone() });
            }
            if let Some(next) = state.next_step() {
                return Err(Refusal::NotCompleted {
                    next: next.title.clone(),
                    back: state.can_be_rolled_back(),
                });
            }
        }
        SessionOutcome::RolledBack if state.rollback.is_none() => return Err(Refusal::NoRollback),
        SessionOutcome::RolledBack | SessionOutcome::Abandoned => {}
    }
    let closed = Event::SessionClosed {
        outcome,
        summary: summary.to_owned(),
    };
    Ok(cancel_open_runs(state, BY_CLOSING, now).chain([closed]).collect())
}

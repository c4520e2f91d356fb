//! The rules: which events a command makes, or which rule refuses it.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::command::{ClientCommand, Command};
use super::event::*;
use super::gates::is_current;
use super::limits::{NOTE_LIMIT, VALUE_LIMIT, said, short};
use super::refusal::Refusal;
use super::start::start;
use super::state::{HowDone, State};
use super::steps::Place;
use super::trial::Trial;
use super::verdicts::{finish_gate, observe};
use crate::runbook::Step;

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
        Command::Client(ClientCommand::AddNote { step, text }) => add_note(state, step.as_ref(), text),
        // A rollback can always be started. A closed session takes no event but notes, so there the link is only in the
        // rollback session's own start.
        Command::LinkRollback { .. } if state.closed.is_some() => Ok(Vec::new()),
        _ if state.closed.is_some() => Err(Refusal::Closed),
        Command::LinkRollback { session, procedure } => Ok(link_rollback(state, *session, procedure)),
        Command::Client(ClientCommand::Tick { step }) => tick(state, step),
        Command::Client(ClientCommand::Untick { step, reason }) => untick(state, step, reason),
        Command::Client(ClientCommand::Skip { step, reason }) => skip(state, step, reason),
        Command::Client(ClientCommand::RunGate { step, gate }) => {
            may_start_gate(state, step, gate).map(|()| Vec::new())
        }
        Command::Client(ClientCommand::FillValue { step, field, value }) => fill_value(state, step, field, value),
        Command::Client(ClientCommand::StartTimer { step, seconds }) => start_timer(state, step, *seconds),
        Command::Client(ClientCommand::Close { outcome, summary }) => close(state, *outcome, summary),
        Command::StartGate { run, step, gate, auto } => {
            may_start_gate(state, step, gate)?;
            Ok(vec![Event::GateStarted {
                run: *run,
                step: step.clone(),
                gate: gate.clone(),
                auto: *auto,
            }])
        }
        Command::FinishGate { run, verdict } => finish_gate(state, *run, verdict, now),
        Command::Observe {
            observation,
            step,
            gate,
            verdict,
        } => observe(state, *observation, step, gate, verdict, now),
    }
}

fn tick(state: &State, id: &str) -> Result<Vec<Event>, Refusal> {
    let (place, step) = open_step(state, id)?;
    if !step.gates.is_empty() {
        return Err(Refusal::Gated {
            step: step.title.clone(),
        });
    }
    in_turn(state, step)?;
    let mut events = vec![Event::StepTicked {
        step: step.id.clone(),
        by: TickedBy::Person,
    }];
    let mut trial = Trial::new(state);
    trial.mark(place);
    trial.tick_parents(&mut events);
    Ok(events)
}

fn untick(state: &State, id: &str, reason: &str) -> Result<Vec<Event>, Refusal> {
    said("The reason", reason, VALUE_LIMIT)?;
    not_rolling_back(state)?;
    let (place, step) = find_place(state, id)?;
    match state.done.get(id).map(|done| &done.how) {
        None => {
            return Err(Refusal::NotTicked {
                step: step.title.clone(),
            });
        }
        Some(HowDone::Ticked(TickedBy::Gate { .. } | TickedBy::Children)) => {
            return Err(Refusal::Gated {
                step: step.title.clone(),
            });
        }
        Some(HowDone::Ticked(TickedBy::Person) | HowDone::Skipped(_)) => {}
    }
    let steps = &state.index.steps;
    let ancestors: Vec<&Step> = steps
        .ancestors(place)
        .filter_map(|place| state.step_at(place))
        .collect();
    let by_children = |step: &Step| {
        let done = state.done.get(&step.id);
        done.is_some_and(|done| done.how == HowDone::Ticked(TickedBy::Children))
    };
    // A step that was done by its sub-steps is open again with the first of them.
    let follows = |step: &Step| by_children(step) && ancestors.iter().any(|ancestor| ancestor.id == step.id);
    let later = if state.is_sequential() {
        let done = state.index.done.range(steps.turn(place) + 1..);
        let mut done = done.filter_map(|turn| state.step_at(steps.at_turn(*turn)));
        done.find(|step| !follows(step))
    } else {
        let mut done = ancestors.iter().copied().filter(|step| state.is_done(&step.id));
        done.find(|step| !follows(step))
    };
    if let Some(later) = later {
        return Err(Refusal::LaterDone {
            step: step.title.clone(),
            later: later.title.clone(),
        });
    }
    let mut events = vec![Event::StepUnticked {
        step: id.to_owned(),
        reason: reason.to_owned(),
    }];
    for ancestor in ancestors.into_iter().filter(|ancestor| by_children(ancestor)) {
        events.push(Event::StepUnticked {
            step: ancestor.id.clone(),
            reason: reason.to_owned(),
        });
    }
    Ok(events)
}

fn skip(state: &State, id: &str, reason: &str) -> Result<Vec<Event>, Refusal> {
    said("The reason", reason, VALUE_LIMIT)?;
    let (place, step) = open_step(state, id)?;
    if !step.optional {
        return Err(Refusal::NotOptional {
            step: step.title.clone(),
        });
    }
    let steps = &state.index.steps;
    let next = state.index.next().filter(|_| state.is_sequential());
    if let Some(next) = next.filter(|next| !steps.contains(place, *next)) {
        return Err(Refusal::OutOfOrder {
            step: step.title.clone(),
            next: title_at(state, next),
        });
    }
    let within = |step: &str| steps.place(step).is_some_and(|other| steps.contains(place, other));
    if let Some(run) = state.open_runs().find(|run| within(&run.step)) {
        return Err(Refusal::GateRunning { gate: run.gate.clone() });
    }
    // A step that is left out takes its open sub-steps with it.
    let (mut events, mut trial) = (Vec::new(), Trial::new(state));
    for turn in steps.turns_within(place) {
        let inner = steps.at_turn(turn);
        if let Some(step) = state.step_at(inner).filter(|step| !state.is_done(&step.id)) {
            events.push(Event::StepSkipped {
                step: step.id.clone(),
                reason: reason.to_owned(),
            });
            trial.mark(inner);
        }
    }
    trial.tick_parents(&mut events);
    Ok(events)
}

fn may_start_gate(state: &State, id: &str, gate: &str) -> Result<(), Refusal> {
    not_rolling_back(state)?;
    let step = find(state, id)?;
    if !step.gates.iter().any(|name| name == gate) {
        return Err(Refusal::UnknownGate {
            step: step.title.clone(),
            gate: gate.to_owned(),
        });
    }
    // At most one run of a gate at a time, whichever step it verifies.
    if state.open_runs().any(|run| run.gate == gate) {
        return Err(Refusal::GateRunning { gate: gate.to_owned() });
    }
    // A step that is done may be verified again, and a gate that holds may always be run, so that no hold is without a way
    // out. One that is not yet its turn may not be verified early, because its evidence would be from before the work.
    let holds = state.holds.contains_key(&(id.to_owned(), gate.to_owned()));
    if !state.is_done(id) && !holds {
        in_turn(state, step)?;
    }
    Ok(())
}

fn add_note(state: &State, step: Option<&StepId>, text: &str) -> Result<Vec<Event>, Refusal> {
    said("The note", text, NOTE_LIMIT)?;
    if let Some(id) = step {
        find(state, id)?;
    }
    Ok(vec![Event::NoteAdded {
        step: step.cloned(),
        text: text.to_owned(),
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
    short("The value", value, VALUE_LIMIT)?;
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

fn link_rollback(state: &State, session: SessionId, procedure: &str) -> Vec<Event> {
    let mut events = Vec::new();
    if !state.holds.is_empty() {
        events.push(Event::HoldLifted {
            by: LiftedBy::Rollback { session },
        });
    }
    events.push(Event::RollbackStarted {
        session,
        procedure: procedure.to_owned(),
    });
    events
}

fn close(state: &State, outcome: SessionOutcome, summary: &str) -> Result<Vec<Event>, Refusal> {
    short("The summary", summary, NOTE_LIMIT)?;
    if let Some(run) = state.open_runs().next() {
        return Err(Refusal::GateOpen { gate: run.gate.clone() });
    }
    match outcome {
        SessionOutcome::Completed => {
            may_tick(state)?;
            if let Some(next) = state.next_step() {
                return Err(Refusal::NotCompleted {
                    next: next.title.clone(),
                });
            }
        }
        SessionOutcome::RolledBack if state.rollback.is_none() => return Err(Refusal::NoRollback),
        SessionOutcome::RolledBack | SessionOutcome::Abandoned => {}
    }
    Ok(vec![Event::SessionClosed {
        outcome,
        summary: summary.to_owned(),
    }])
}

pub(super) fn find<'a>(state: &'a State, id: &str) -> Result<&'a Step, Refusal> {
    find_place(state, id).map(|(_, step)| step)
}

fn find_place<'a>(state: &'a State, id: &str) -> Result<(Place, &'a Step), Refusal> {
    let place = state.index.steps.place(id);
    let found = place.and_then(|place| Some((place, state.step_at(place)?)));
    found.ok_or_else(|| Refusal::UnknownStep { step: id.to_owned() })
}

/// The step, if the session lets anything be ticked and the step is not done.
fn open_step<'a>(state: &'a State, id: &str) -> Result<(Place, &'a Step), Refusal> {
    may_tick(state)?;
    let (place, step) = find_place(state, id)?;
    if state.is_done(id) {
        return Err(Refusal::AlreadyDone {
            step: step.title.clone(),
        });
    }
    Ok((place, step))
}

fn may_tick(state: &State) -> Result<(), Refusal> {
    not_rolling_back(state)?;
    match state.hold() {
        Some((_, _, hold)) => Err(Refusal::OnHold {
            reason: hold.reason.clone(),
        }),
        None => Ok(()),
    }
}

pub(super) fn not_rolling_back(state: &State) -> Result<(), Refusal> {
    state
        .rollback
        .map_or(Ok(()), |session: Uuid| Err(Refusal::RollingBack { session }))
}

pub(super) fn in_turn(state: &State, step: &Step) -> Result<(), Refusal> {
    if is_current(state, step) {
        return Ok(());
    }
    let title = step.title.clone();
    if let Some(child) = step.children.iter().find(|child| !state.is_done(&child.id)) {
        return Err(Refusal::ChildrenOpen {
            step: title,
            next: child.title.clone(),
        });
    }
    let next = state
        .index
        .next()
        .map_or_else(String::new, |next| title_at(state, next));
    Err(Refusal::OutOfOrder { step: title, next })
}

fn title_at(state: &State, place: Place) -> String {
    state.step_at(place).map_or_else(String::new, |step| step.title.clone())
}

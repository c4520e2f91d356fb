//! What more than one rule asks before it lets a command through.

use super::gates::is_current;
use super::refusal::Refusal;
use super::state::State;
use super::step_index::Place;
use crate::runbook::Step;

pub(super) fn find<'a>(state: &'a State, id: &str) -> Result<&'a Step, Refusal> {
    find_place(state, id).map(|(_, step)| step)
}

pub(super) fn find_place<'a>(state: &'a State, id: &str) -> Result<(Place, &'a Step), Refusal> {
    let place = state.index.steps.place(id);
    let found = place.and_then(|place| Some((place, state.step_at(place)?)));
    found.ok_or_else(|| Refusal::UnknownStep { step: id.to_owned() })
}

/// The step, if the session lets anything be ticked and the step is not done.
pub(super) fn open_step<'a>(state: &'a State, id: &str) -> Result<(Place, &'a Step), Refusal> {
    may_tick(state)?;
    let (place, step) = find_place(state, id)?;
    if state.is_done(id) {
        return Err(Refusal::AlreadyDone {
            step: step.title.clone(),
        });
    }
    Ok((place, step))
}

pub(super) fn may_tick(state: &State) -> Result<(), Refusal> {
    not_rolling_back(state)?;
    match state.hold() {
        Some((_, _, hold)) => Err(Refusal::OnHold {
            reason: hold.reason.clone(),
            back: state.can_be_rolled_back(),
        }),
        None => Ok(()),
    }
}

pub(super) fn not_rolling_back(state: &State) -> Result<(), Refusal> {
    match state.rollback.filter(|_| state.is_being_undone()) {
        Some(session) => Err(Refusal::RollingBack { session }),
        None => Ok(()),
    }
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

pub(super) fn may_start_gate(state: &State, id: &str, gate: &str) -> Result<(), Refusal> {
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
        work_is_done(state, step)?;
    }
    Ok(())
}

/// Evidence from before the work would prove nothing of it.
pub(super) fn work_is_done(state: &State, step: &Step) -> Result<(), Refusal> {
    match state.waits_for_work(step) {
        true => Err(Refusal::WorkOpen {
            step: step.title.clone(),
        }),
        false => Ok(()),
    }
}

pub(super) fn title_at(state: &State, place: Place) -> String {
    state.step_at(place).map_or_else(String::new, |step| step.title.clone())
}

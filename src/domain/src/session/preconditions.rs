//! What more than one rule asks before it lets a command through.

use uuid::Uuid;

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

pub(super) fn title_at(state: &State, place: Place) -> String {
    state.step_at(place).map_or_else(String::new, |step| step.title.clone())
}

//! The rules of ticking a step by hand, taking its tick back, and leaving it out.

use super::entries::HowDone;
use super::event::{Event, TickedBy};
use super::limits::{VALUE_LIMIT, require_text};
use super::preconditions::{find_place, in_turn, not_rolling_back, open_step, title_at};
use super::refusal::Refusal;
use super::state::State;
use super::trial::Trial;
use crate::runbook::Step;

pub(super) fn tick(state: &State, id: &str) -> Result<Vec<Event>, Refusal> {
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

pub(super) fn confirm_work(state: &State, id: &str) -> Result<Vec<Event>, Refusal> {
    let (_, step) = open_step(state, id)?;
    if !state.waits_for_work(step) {
        return Err(Refusal::NoWorkOpen {
            step: step.title.clone(),
        });
    }
    in_turn(state, step)?;
    Ok(vec![Event::WorkConfirmed { step: id.to_owned() }])
}

pub(super) fn untick(state: &State, id: &str, reason: &str) -> Result<Vec<Event>, Refusal> {
    require_text("The reason", reason, VALUE_LIMIT)?;
    not_rolling_back(state)?;
    let (place, step) = find_place(state, id)?;
    match state.done.get(id).map(|done| &done.how) {
        None => {
            return Err(Refusal::NotTicked {
                step: step.title.clone(),
            });
        }
        Some(HowDone::Ticked(TickedBy::Gate { .. } | TickedBy::Caution { .. } | TickedBy::Children)) => {
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

pub(super) fn skip(state: &State, id: &str, reason: &str) -> Result<Vec<Event>, Refusal> {
    require_text("The reason", reason, VALUE_LIMIT)?;
    let (place, step) = open_step(state, id)?;
    if !step.optional {
        return Err(Refusal::NotOptional {
            step: step.title.clone(),
            back: state.can_be_rolled_back(),
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

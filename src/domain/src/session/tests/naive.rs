//! The rules of a session written plainly, with a walk through everything each time: what the indexed state is held to.

use chrono::{DateTime, Utc};

use crate::gate::Verdict;
use crate::runbook::{Order, Procedure, Step};
use crate::session::*;

fn procedure(state: &State) -> &Procedure {
    &state.started.as_ref().expect("it was started").procedure
}

pub fn steps(state: &State) -> Vec<&Step> {
    procedure(state).in_order()
}

pub fn next_step(state: &State) -> Option<&Step> {
    steps(state).into_iter().find(|step| !state.done.contains_key(&step.id))
}

pub fn progress(state: &State) -> (usize, usize) {
    let top = &procedure(state).steps;
    let done = top.iter().filter(|step| state.done.contains_key(&step.id));
    (done.count(), top.len())
}

pub fn open_runs(state: &State) -> Vec<&Run> {
    state.runs.iter().filter(|run| run.verdict.is_none()).collect()
}

pub fn last_verdict<'a>(state: &'a State, step: &str, gate: &str) -> Option<&'a Verdict> {
    let runs = state.runs.iter().filter(|run| run.step == step && run.gate == gate);
    runs.filter_map(|run| run.verdict.as_ref()).next_back()
}

pub fn is_current(state: &State, step: &Step) -> bool {
    let done = |step: &Step| state.done.contains_key(&step.id);
    !done(step)
        && step.children.iter().all(done)
        && (procedure(state).order == Order::Any || next_step(state).is_some_and(|next| next.id == step.id))
}

/// How many runs there were when the step had to be done anew for the last time, from the whole log.
fn outdated(records: &[Record], step: &Step, order: Order, all: &[&Step]) -> usize {
    let turn = |id: &str| all.iter().position(|one| one.id == id);
    let (mut runs, mut outdated) = (0, 0);
    for record in records {
        match &record.event {
            Event::GateStarted { .. } => runs += 1,
            Event::StepUnticked { step: back, .. } => {
                let ahead = order == Order::Sequential && turn(back) <= turn(&step.id);
                if ahead || step.contains(back) {
                    outdated = runs;
                }
            }
            _ => {}
        }
    }
    outdated
}

pub fn gates_to_run(state: &State, records: &[Record]) -> Vec<(StepId, GateId)> {
    let mut found: Vec<(StepId, GateId)> = Vec::new();
    if state.standing() != Standing::Go {
        return found;
    }
    let all = steps(state);
    for step in all.iter().filter(|step| is_current(state, step)) {
        let before = outdated(records, step, procedure(state).order, &all);
        for gate in &step.gates {
            let auto = state.gate_brief(gate).is_some_and(|brief| brief.auto);
            let mut counted = state.runs.iter().skip(before).filter(|run| run.in_turn);
            let ran = counted.any(|run| run.step == step.id && run.gate == *gate);
            let busy = open_runs(state).iter().any(|run| run.gate == *gate) || found.iter().any(|(_, one)| one == gate);
            if auto && !ran && !busy {
                found.push((step.id.clone(), gate.clone()));
            }
        }
    }
    found
}

/// Whether the events should lift what holds: something does, and after the verdict or with the rollback nothing may.
pub fn lifts(before: &State, events: &[Event], now: DateTime<Utc>) -> bool {
    let mut after = before.clone();
    let verdicts = events
        .iter()
        .filter(|event| matches!(event, Event::GateFinished { .. }));
    for event in verdicts {
        after.apply_event(event, now, &Actor::Proxy);
    }
    let rollback = events
        .iter()
        .any(|event| matches!(event, Event::RollbackStarted { .. }));
    let held = events.iter().any(|event| matches!(event, Event::HoldPlaced { .. }));
    !before.holds.is_empty() && (rollback || (after.holds.is_empty() && !held && before.rollback.is_none()))
}

/// The steps that the events should tick, in order: the rules are carried out on a copy of the state, one tick at a time.
pub fn ticks(before: &State, events: &[Event], now: DateTime<Utc>) -> Vec<StepId> {
    let mut state = before.clone();
    let mut ticked = Vec::new();
    let apply = |state: &mut State, event: &Event| {
        state.apply_event(event, now, &Actor::Proxy);
    };
    let tick = |state: &mut State, ticked: &mut Vec<StepId>, step: StepId| {
        let by = TickedBy::Children;
        state.apply_event(&Event::StepTicked { step: step.clone(), by }, now, &Actor::Proxy);
        ticked.push(step);
    };
    let mut gates = false;
    let mut parents = false;
    for event in events {
        match event {
            Event::StepTicked {
                by: TickedBy::Person,
                step,
            } => {
                apply(&mut state, event);
                ticked.push(step.clone());
                parents = true;
            }
            Event::StepSkipped { .. } => {
                apply(&mut state, event);
                parents = true;
            }
            Event::StepTicked { .. } => {}
            Event::GateFinished { .. } | Event::GateObserved { .. } => {
                apply(&mut state, event);
                gates = true;
            }
            other => apply(&mut state, other),
        }
    }
    if gates && state.holds.is_empty() && state.rollback.is_none() {
        let all: Vec<Step> = steps(&state).into_iter().cloned().collect();
        for step in &all {
            if is_current(&state, step) && state.gates_pass(step, now) {
                tick(&mut state, &mut ticked, step.id.clone());
                parents = true;
            }
        }
    }
    if parents {
        let all: Vec<Step> = steps(&state).into_iter().cloned().collect();
        for step in &all {
            let done = |step: &Step| state.done.contains_key(&step.id);
            let ready = !step.children.is_empty() && step.gates.is_empty();
            if ready && !done(step) && step.children.iter().all(done) {
                tick(&mut state, &mut ticked, step.id.clone());
            }
        }
    }
    ticked
}

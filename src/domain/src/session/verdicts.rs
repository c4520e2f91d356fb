//! What follows from a verdict: ticks, holds, and the lifting of holds.

use chrono::{DateTime, Utc};

use super::decide::{find, in_turn, not_rolling_back};
use super::event::*;
use super::gates::is_current;
use super::refusal::Refusal;
use super::state::State;
use crate::gate::{Outcome, Source, Verdict};
use crate::runbook::{OnFail, Order, Step};

pub(super) fn finish_gate(
    state: &State,
    run: RunId,
    verdict: &Verdict,
    now: DateTime<Utc>,
) -> Result<Vec<Event>, Refusal> {
    let Some(open) = state.open_runs().find(|open| open.id == run) else {
        return Err(Refusal::UnknownRun);
    };
    let (step, gate) = (open.step.clone(), open.gate.clone());
    let mut events = vec![Event::GateFinished {
        run,
        step: step.clone(),
        gate: gate.clone(),
        verdict: verdict.clone(),
    }];
    if state.rollback.is_some() {
        return Ok(events);
    }
    if !(verdict.passes() && state.gate_brief(&gate).is_some()) {
        events.push(place_hold(state, &step, &gate, run, verdict));
        return Ok(events);
    }
    let after = simulate(state, &events, now);
    if !state.holds.is_empty() && after.holds.is_empty() {
        events.push(Event::HoldLifted {
            by: LiftedBy::Pass { run },
        });
    }
    if after.holds.is_empty() {
        tick_gated(&after, run, &mut events, now);
    }
    Ok(events)
}

pub(super) fn observe(
    state: &State,
    observation: RunId,
    id: &str,
    gate: &str,
    verdict: &Verdict,
    now: DateTime<Utc>,
) -> Result<Vec<Event>, Refusal> {
    not_rolling_back(state)?;
    let (_, step) = find(state, id)?;
    if !step.gates.iter().any(|name| name == gate) {
        return Err(Refusal::UnknownGate {
            step: step.title.clone(),
            gate: gate.to_owned(),
        });
    }
    if !state.is_done(id) {
        in_turn(state, step)?;
    }
    let mut verdict = verdict.clone();
    verdict.source = Source::Browser;
    let failed = verdict.outcome == Outcome::Fail;
    let event = Event::GateObserved {
        observation,
        step: id.to_owned(),
        gate: gate.to_owned(),
        verdict: verdict.clone(),
    };
    let mut events = vec![event];
    // What the browser saw differs from what must be: that holds. What it could not see (another origin, no network at the
    // captain's desk) says nothing of the platform: it is recorded, and ticks nothing.
    if failed {
        events.push(place_hold(state, id, gate, observation, &verdict));
        return Ok(events);
    }
    let after = simulate(state, &events, now);
    if after.holds.is_empty() {
        tick_gated(&after, observation, &mut events, now);
    }
    Ok(events)
}

fn place_hold(state: &State, step: &str, gate: &str, run: RunId, verdict: &Verdict) -> Event {
    let said = find(state, step).ok().and_then(|(_, step)| step.on_fail);
    let advice = said
        .or_else(|| state.gate_brief(gate).map(|brief| brief.on_fail))
        .unwrap_or(OnFail::Stop);
    let title = state.gate_brief(gate).map_or(gate, |brief| brief.title.as_str());
    let reason = match (verdict.passes(), verdict.outcome) {
        (true, _) => format!("{title}: the gate is not declared for this environment, so its answer does not count."),
        (false, Outcome::Fail) => format!("{title} failed: {}", verdict.summary),
        (false, _) => format!("{title} is inconclusive: {}", verdict.summary),
    };
    Event::HoldPlaced {
        step: step.to_owned(),
        gate: gate.to_owned(),
        run,
        reason,
        advice,
    }
}

/// Ticks every step that can be worked on and whose gates all pass, and the parents that this completes.
fn tick_gated(after: &State, run: RunId, events: &mut Vec<Event>, now: DateTime<Utc>) {
    let Some(procedure) = after.procedure.clone() else {
        return;
    };
    let mut sim = after.clone();
    let mut ticks: Vec<Event> = Vec::new();
    let mut tick = |sim: &mut State, step: &Step| {
        let event = Event::StepTicked {
            step: step.id.clone(),
            by: TickedBy::Gate { run },
        };
        sim.apply_event(&event, now, &Actor::Proxy);
        ticks.push(event);
    };
    match procedure.order {
        Order::Sequential => {
            while let Some(step) = sim.next_step().filter(|step| sim.gates_pass(step, now)).cloned() {
                tick(&mut sim, &step);
            }
        }
        Order::Any => {
            for step in procedure.in_order() {
                if is_current(&sim, step) && sim.gates_pass(step, now) {
                    tick(&mut sim, step);
                }
            }
        }
    }
    if !ticks.is_empty() {
        tick_parents(after, &Actor::Proxy, &mut ticks, now);
        events.append(&mut ticks);
    }
}

/// Ticks the steps without gates of their own whose sub-steps are all done now.
pub(super) fn tick_parents(state: &State, actor: &Actor, events: &mut Vec<Event>, now: DateTime<Utc>) {
    let Some(procedure) = state.procedure.clone() else {
        return;
    };
    let mut sim = simulate(state, events, now);
    // In this order sub-steps come before their parents, so one pass reaches the top.
    for step in procedure.in_order() {
        let ready = !step.children.is_empty()
            && step.gates.is_empty()
            && !sim.is_done(&step.id)
            && step.children.iter().all(|child| sim.is_done(&child.id));
        if ready {
            let event = Event::StepTicked {
                step: step.id.clone(),
                by: TickedBy::Children,
            };
            sim.apply_event(&event, now, actor);
            events.push(event);
        }
    }
}

fn simulate(state: &State, events: &[Event], now: DateTime<Utc>) -> State {
    let mut after = state.clone();
    for event in events {
        after.apply_event(event, now, &Actor::Proxy);
    }
    after
}

//! The consequences of a verdict: ticks, holds, and the lifting of holds.

use chrono::{DateTime, Utc};

use super::event::{Event, LiftedBy, RunId};
use super::gates::NewEvidence;
use super::preconditions::{find, in_turn, not_rolling_back};
use super::refusal::Refusal;
use super::state::State;
use super::trial::Trial;
use crate::gate::{Outcome, Source, Verdict};
use crate::runbook::OnFail;

pub(super) fn finish_gate(
    state: &State,
    run: RunId,
    verdict: &Verdict,
    now: DateTime<Utc>,
) -> Result<Vec<Event>, Refusal> {
    let open = state.open_run_with(run).ok_or(Refusal::UnknownRun)?;
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
    if !(verdict.passes() && state.gate_snapshot(&gate).is_some()) {
        events.push(place_hold(state, &step, &gate, run, verdict));
        return Ok(events);
    }
    // The pass ends what this gate holds at this step. Nothing is ticked while another one holds.
    if state.holds.keys().all(|(of, by)| (of, by) == (&step, &gate)) {
        if !state.holds.is_empty() {
            let by = LiftedBy::Pass { run };
            events.push(Event::HoldLifted { by });
        }
        let new = NewEvidence::Run { run, verdict };
        events.extend(Trial::new(state).tick_gated(run, new, now));
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
    let step = find(state, id)?;
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
    if state.holds.is_empty() {
        let new = NewEvidence::Seen {
            observation,
            step: id,
            gate,
            verdict: &verdict,
        };
        events.extend(Trial::new(state).tick_gated(observation, new, now));
    }
    Ok(events)
}

fn place_hold(state: &State, step: &str, gate: &str, run: RunId, verdict: &Verdict) -> Event {
    let said = find(state, step).ok().and_then(|step| step.on_fail);
    let advice = said
        .or_else(|| state.gate_snapshot(gate).map(|snapshot| snapshot.on_fail))
        .unwrap_or(OnFail::Stop);
    let title = state
        .gate_snapshot(gate)
        .map_or(gate, |snapshot| snapshot.title.as_str());
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

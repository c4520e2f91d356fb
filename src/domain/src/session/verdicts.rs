//! The consequences of a verdict: ticks, holds, and the lifting of holds.

use chrono::{DateTime, Utc};

use super::entries::Hold;
use super::event::{Event, GateId, LiftedBy, RunId, StepId};
use super::gates::NewEvidence;
use super::preconditions::{find, in_turn, may_start_gate, not_rolling_back, work_is_done};
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
    if state.is_being_undone() {
        return Ok(events);
    }
    if !state.counts(&gate, verdict) {
        events.push(place_hold(state, &step, &gate, run, verdict));
        return Ok(events);
    }
    // The pass ends what this gate holds at this step, if it was asked for after the failure. Nothing is ticked while anything
    // holds.
    let at = state.index.runs.by_id(run);
    let lifts = |((of, by), hold): (&(StepId, GateId), &Hold)| {
        (of, by) == (&step, &gate) && at.is_some_and(|at| at >= hold.runs_before)
    };
    if state.holds.iter().all(lifts) {
        if !state.holds.is_empty() {
            let by = LiftedBy::Pass { run };
            events.push(Event::HoldLifted { by });
        }
        let new = NewEvidence::Run { run, verdict };
        events.extend(Trial::new(state).tick_gated(run, new, now));
    }
    Ok(events)
}

/// `ids` are those of the observation, and of the proxy's own run that it may start.
pub(super) fn observe(
    state: &State,
    ids: (RunId, RunId),
    id: &str,
    gate: &str,
    verdict: &Verdict,
    now: DateTime<Utc>,
) -> Result<Vec<Event>, Refusal> {
    not_rolling_back(state)?;
    let (observation, run) = ids;
    let step = find(state, id)?;
    if !step.gates.iter().any(|name| name == gate) {
        return Err(Refusal::UnknownGate {
            step: step.title.clone(),
            gate: gate.to_owned(),
        });
    }
    let snapshot = state.gate_snapshot(gate);
    let decides = snapshot.is_some_and(|snapshot| snapshot.direct_decides);
    let holds = state.holds.contains_key(&(id.to_owned(), gate.to_owned()));
    let is_judged_anew = decides && holds;
    if !state.is_done(id) && !is_judged_anew {
        in_turn(state, step)?;
        work_is_done(state, step)?;
    }
    let mut verdict = verdict.clone();
    verdict.source = Source::Browser;
    let mut events = vec![Event::GateObserved {
        observation,
        step: id.to_owned(),
        gate: gate.to_owned(),
        verdict: verdict.clone(),
    }];
    // The proxy asks itself what it can. Its run begins before a failure that the browser saw is recorded, so that a pass of it
    // does not lift that hold behind people's backs.
    // What holds is run again by people: a browser that asks whenever the proxy does would keep both asking for ever.
    let asks = snapshot.is_some_and(|snapshot| snapshot.direct) && !decides && !holds && !state.is_done(id);
    if asks && !state.gate_state(id, gate, now).passes() && may_start_gate(state, id, gate).is_ok() {
        events.push(Event::GateStarted {
            run,
            step: id.to_owned(),
            gate: gate.to_owned(),
            auto: true,
        });
    }
    // What the browser saw differs from what must be: that holds. What it could not see (another origin, no network at the
    // captain's desk) says nothing of the platform: it is recorded, and ticks nothing.
    if verdict.outcome == Outcome::Fail {
        events.push(place_hold(state, id, gate, observation, &verdict));
        return Ok(events);
    }
    if !decides || !state.counts(gate, &verdict) {
        return Ok(events);
    }
    let lifts = state.observation_lifts(id, gate, &verdict);
    if state
        .holds
        .keys()
        .all(|(of, by)| lifts && (of.as_str(), by.as_str()) == (id, gate))
    {
        if lifts {
            let by = LiftedBy::Pass { run: observation };
            events.push(Event::HoldLifted { by });
        }
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
        (true, _) if state.gate_snapshot(gate).is_some() => format!(
            "“{title}”: the answer is to another declaration of the gate than the session goes by, so it does not count."
        ),
        (true, _) => format!("“{title}”: the gate is not declared for this environment, so its answer does not count."),
        (false, Outcome::Fail) => format!("“{title}” failed: {}", verdict.summary),
        (false, _) => format!("“{title}” is inconclusive: {}", verdict.summary),
    };
    Event::HoldPlaced {
        step: step.to_owned(),
        gate: gate.to_owned(),
        run,
        reason,
        advice,
    }
}

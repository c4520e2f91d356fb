//! How a step's gates stand: derived from the runs, never stored.

use chrono::{DateTime, TimeDelta, Utc};

use super::event::RunId;
use super::state::{Run, Standing, State};
use crate::gate::{GateBrief, Verdict};
use crate::runbook::{Order, Step};

/// How long evidence counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Until this time.
    Fresh(DateTime<Utc>),
    /// Since this time no more.
    Stale(DateTime<Utc>),
}

/// A verdict, and whether it still counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence<'a> {
    /// The run or the observation.
    pub run: RunId,
    /// Its verdict.
    pub verdict: &'a Verdict,
    /// Whether it still counts.
    pub freshness: Freshness,
}

/// How a gate of a step stands.
#[derive(Clone, Debug, PartialEq)]
pub enum GateState<'a> {
    /// The step names it, but `gates.toml` does not declare it for this environment: it can never pass.
    Missing,
    /// It has not run yet.
    Waiting,
    /// It is running.
    Running(&'a Run),
    /// It reached a verdict.
    Finished(Evidence<'a>),
}

impl GateState<'_> {
    /// Whether the gate passed and its evidence still counts. Nothing else ticks.
    #[must_use]
    pub fn passes(&self) -> bool {
        match self {
            Self::Finished(evidence) => evidence.verdict.passes() && matches!(evidence.freshness, Freshness::Fresh(_)),
            Self::Missing | Self::Waiting | Self::Running(_) => false,
        }
    }
}

/// Judges the age of a verdict.
fn freshness(brief: &GateBrief, verdict: &Verdict, now: DateTime<Utc>) -> Freshness {
    // A span or a sum that does not fit is stale at once: an overflow must not make evidence last for ever.
    let until = i64::try_from(brief.fresh_seconds)
        .ok()
        .and_then(TimeDelta::try_seconds)
        .and_then(|span| verdict.finished.checked_add_signed(span))
        .unwrap_or(verdict.finished);
    // Evidence from the future (a clock that was set back) does not count either.
    if now <= until && verdict.started <= now {
        Freshness::Fresh(until)
    } else {
        Freshness::Stale(until)
    }
}

impl State {
    /// What the session knows of a gate.
    #[must_use]
    pub fn gate_brief(&self, gate: &str) -> Option<&GateBrief> {
        self.started.as_ref()?.gates.get(gate)
    }

    /// How a gate of a step stands. The proxy's last run decides; what the browser saw counts only for a `direct` gate that
    /// the proxy has not run.
    #[must_use]
    pub fn gate_state(&self, step: &str, gate: &str, now: DateTime<Utc>) -> GateState<'_> {
        let Some(brief) = self.gate_brief(gate) else {
            return GateState::Missing;
        };
        let last = self
            .runs
            .iter()
            .enumerate()
            .rev()
            .find(|(_, run)| run.step == step && run.gate == gate);
        if let Some((at, run)) = last {
            return match &run.verdict {
                None => GateState::Running(run),
                // A pass from before the step's turn proves nothing; a failure stays to be seen.
                Some(verdict) if verdict.passes() && !self.counts(at, run) => GateState::Waiting,
                Some(verdict) => GateState::Finished(Evidence {
                    run: run.id,
                    verdict,
                    freshness: freshness(brief, verdict, now),
                }),
            };
        }
        match self.observed.get(&(step.to_owned(), gate.to_owned())) {
            Some(seen) if brief.direct => GateState::Finished(Evidence {
                run: seen.id,
                verdict: &seen.verdict,
                freshness: freshness(brief, &seen.verdict, now),
            }),
            _ => GateState::Waiting,
        }
    }

    /// Whether every gate of the step passes now. A step without gates is not ticked by gates.
    #[must_use]
    pub fn gates_pass(&self, step: &Step, now: DateTime<Utc>) -> bool {
        !step.gates.is_empty()
            && step
                .gates
                .iter()
                .all(|gate| self.gate_state(&step.id, gate, now).passes())
    }
}

/// Whether a step can be worked on now: not done, its sub-steps done, and next in a procedure with an order.
#[must_use]
pub fn is_current(state: &State, step: &Step) -> bool {
    let Some(procedure) = &state.procedure else {
        return false;
    };
    if state.is_done(&step.id) || step.children.iter().any(|child| !state.is_done(&child.id)) {
        return false;
    }
    match procedure.order {
        Order::Any => true,
        Order::Sequential => state.next_step().is_some_and(|next| next.id == step.id),
    }
}

/// The gates that are to be started by themselves now: `auto`, of a step that can be worked on, never run before.
#[must_use]
pub fn gates_to_run(state: &State) -> Vec<(String, String)> {
    let Some(procedure) = &state.procedure else {
        return Vec::new();
    };
    if state.standing() != Standing::Go {
        return Vec::new();
    }
    let mut found: Vec<(String, String)> = Vec::new();
    for step in procedure.in_order().into_iter().filter(|step| is_current(state, step)) {
        for gate in &step.gates {
            let auto = state.gate_brief(gate).is_some_and(|brief| brief.auto);
            let of_this = |run: &Run| run.step == step.id && run.gate == *gate;
            let ran = state
                .runs
                .iter()
                .enumerate()
                .any(|(at, run)| of_this(run) && state.counts(at, run));
            // A gate runs once at a time in a session, whichever step asks.
            let busy = state.open_runs().any(|run| run.gate == *gate) || found.iter().any(|(_, other)| other == gate);
            if auto && !ran && !busy {
                found.push((step.id.clone(), gate.clone()));
            }
        }
    }
    found
}

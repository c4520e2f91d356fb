//! The state of a step's gates: derived from the runs, never stored.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::entries::Run;
use super::event::{GateId, RunId, StepId};
use super::state::{Standing, State};
use crate::gate::{GateSnapshot, Verdict};
use crate::runbook::Step;

/// Until when evidence counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// It counts until this time, inclusive.
    Fresh(DateTime<Utc>),
    /// It has not counted since this time.
    Stale(DateTime<Utc>),
}

/// A verdict, and whether it still counts.
#[derive(Clone, Debug, PartialEq)]
#[allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]
pub struct Evidence<'a> {
    /// The run, or the observation of the browser.
    pub run: RunId,
    pub verdict: &'a Verdict,
    pub freshness: Freshness,
}

/// The state of a gate at a step.
#[derive(Clone, Debug, PartialEq)]
#[allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]
pub enum GateState<'a> {
    /// The step names it, but `gates.toml` did not declare it for this environment when the session began: it cannot pass until
    /// its declaration is taken.
    Missing,
    /// There is no evidence that could count: no run yet, or none in the step's turn.
    Waiting,
    Running(&'a Run),
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

/// Evidence that the decision is about to record.
#[derive(Clone, Copy)]
pub(super) enum NewEvidence<'a> {
    /// The verdict of a run that is open in the state.
    Run { run: RunId, verdict: &'a Verdict },
    /// What the browser saw.
    Seen {
        observation: RunId,
        step: &'a str,
        gate: &'a str,
        verdict: &'a Verdict,
    },
    /// A person's decision to go on without a pass. It is no evidence, and ticks in its place.
    Caution { step: &'a str, gate: &'a str, run: RunId },
}

/// Whether a verdict still counts at a time.
fn freshness(snapshot: &GateSnapshot, verdict: &Verdict, now: DateTime<Utc>) -> Freshness {
    // A span or a sum that does not fit is stale at once: an overflow must not make evidence last for ever.
    let until = i64::try_from(snapshot.fresh_seconds)
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
    /// The state of a gate at a step. The proxy's last run decides; what the browser saw counts only for a gate whose browser
    /// decides.
    #[must_use]
    pub fn gate_state(&self, step: &str, gate: &str, now: DateTime<Utc>) -> GateState<'_> {
        self.gate_state_with(step, gate, now, None)
    }

    /// [`State::gate_state`], as if new evidence were recorded.
    pub(super) fn gate_state_with<'a>(
        &'a self,
        step: &str,
        gate: &str,
        now: DateTime<Utc>,
        new: Option<NewEvidence<'a>>,
    ) -> GateState<'a> {
        let Some(snapshot) = self.gate_snapshot(gate) else {
            return GateState::Missing;
        };
        let finished = |run: RunId, verdict: &'a Verdict| {
            let freshness = freshness(snapshot, verdict, now);
            GateState::Finished(Evidence {
                run,
                verdict,
                freshness,
            })
        };
        // What was run by a declaration that another one was taken for answered another question.
        let asked = |(at, _): &(usize, &Run)| *at >= self.runs_before_taken(gate);
        if let Some((at, run)) = self.last_run(step, gate).filter(asked) {
            let verdict = match new {
                Some(NewEvidence::Run { run: id, verdict }) if id == run.id => Some(verdict),
                _ => run.verdict.as_ref(),
            };
            return match verdict {
                None => GateState::Running(run),
                // A pass from before the step's turn proves nothing; a failure stays to be seen.
                // So does one of another declaration.
                Some(verdict) if verdict.passes() && !(self.is_admissible(at, run) && self.counts(gate, verdict)) => {
                    GateState::Waiting
                }
                Some(verdict) => finished(run.id, verdict),
            };
        }
        let seen = match new {
            Some(NewEvidence::Seen {
                observation,
                step: of,
                gate: by,
                verdict,
            }) if (of, by) == (step, gate) => Some((observation, verdict, self.is_in_turn(step))),
            _ => {
                let seen = self.observed.get(&(step.to_owned(), gate.to_owned()));
                seen.map(|seen| (seen.id, &seen.verdict, seen.in_turn))
            }
        };
        match seen {
            Some((_, verdict, in_turn)) if verdict.passes() && !(in_turn && self.counts(gate, verdict)) => {
                GateState::Waiting
            }
            Some((observation, verdict, _)) if snapshot.direct_decides => finished(observation, verdict),
            _ => GateState::Waiting,
        }
    }

    /// Whether a run that has its verdict may count for its step: it was started in the step's turn, and the work before it
    /// still stands.
    pub(crate) fn is_admissible(&self, at: usize, run: &Run) -> bool {
        run.in_turn && at >= self.evidence_cutoff(&run.step)
    }

    /// Whether every gate of the step passes now, or a person decided to go on without. A step without gates is not ticked by gates.
    #[must_use]
    pub fn gates_pass(&self, step: &Step, now: DateTime<Utc>) -> bool {
        self.gates_pass_with(step, now, None)
    }

    /// [`State::gates_pass`], as if new evidence were recorded.
    pub(super) fn gates_pass_with(&self, step: &Step, now: DateTime<Utc>, new: Option<NewEvidence<'_>>) -> bool {
        let passes = |gate: &String| match self.gate_state_with(&step.id, gate, now, new) {
            // What is asked may fail for another reason than the one that was decided of.
            GateState::Running(_) => false,
            stands => stands.passes() || self.caution_with(&step.id, gate, new).is_some(),
        };
        !step.gates.is_empty() && !self.waits_for_work(step) && step.gates.iter().all(passes)
    }

    /// The run without a pass of which a person decided to go on, as if new evidence were recorded.
    pub(super) fn caution_with(&self, step: &str, gate: &str, new: Option<NewEvidence<'_>>) -> Option<RunId> {
        match new {
            Some(NewEvidence::Caution {
                step: of,
                gate: by,
                run,
            }) if (of, by) == (step, gate) => Some(run).filter(|_| self.is_in_turn(step)),
            _ => {
                let caution = self.cautions.get(&(step.to_owned(), gate.to_owned()));
                caution.filter(|caution| caution.in_turn).map(|caution| caution.run)
            }
        }
    }
}

/// Whether a step can be worked on now: not done, its sub-steps done, and next in a procedure with an order.
#[must_use]
pub fn is_current(state: &State, step: &Step) -> bool {
    let place = state.index.steps.place(&step.id);
    place.is_some_and(|place| state.is_current_at(place))
}

/// The gates that are to be started by themselves now: `auto`, of a step that can be worked on, never run before.
#[must_use]
pub fn gates_to_run(state: &State) -> Vec<(StepId, GateId)> {
    if state.standing() != Standing::Go {
        return Vec::new();
    }
    let next = state.index.next().filter(|_| state.is_sequential());
    let due = state.index.due.iter().map(|turn| state.index.steps.at_turn(*turn));
    let places = next.into_iter().chain(due).filter(|place| state.is_current_at(*place));
    // A gate runs once at a time in a session, whichever step asks.
    let mut busy: BTreeSet<&str> = state.open_runs().map(|run| run.gate.as_str()).collect();
    let mut found = Vec::new();
    for step in places.filter_map(|place| state.step_at(place)) {
        for gate in &step.gates {
            if state.is_to_run(&step.id, gate) && busy.insert(gate) {
                found.push((step.id.clone(), gate.clone()));
            }
        }
    }
    found
}

//! Runs of gates by id, by step and gate, and the open ones, found without walking the list of all runs.

use std::collections::{BTreeMap, BTreeSet};

use super::entries::Run;
use super::event::{GateId, RunId, StepId};

/// The index of a session's runs. A number in it is the run's index in [`State::runs`].
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct RunIndex {
    by_id: BTreeMap<RunId, usize>,
    open: BTreeSet<usize>,
    of_steps: BTreeMap<StepId, BTreeMap<GateId, LastRuns>>,
}

/// The last runs of a gate at a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct LastRuns {
    pub any: usize,
    /// The last that has a verdict.
    pub answered: Option<usize>,
    /// The last that was started in its step's turn.
    pub in_turn: Option<usize>,
}

impl RunIndex {
    /// Takes a run that was started, and says whether it is a new one.
    pub(super) fn start(&mut self, at: usize, run: &Run) -> bool {
        if self.by_id.contains_key(&run.id) {
            return false;
        }
        self.by_id.insert(run.id, at);
        self.open.insert(at);
        let of_step = self.of_steps.entry(run.step.clone()).or_default();
        let last = of_step.entry(run.gate.clone()).or_insert(LastRuns {
            any: at,
            answered: None,
            in_turn: None,
        });
        last.any = at;
        if run.in_turn {
            last.in_turn = Some(at);
        }
        true
    }

    /// Takes the end of a run, if there is such a run, and gives its index.
    pub(super) fn finish(&mut self, id: RunId, runs: &[Run]) -> Option<usize> {
        let at = *self.by_id.get(&id)?;
        let run = runs.get(at)?;
        self.open.remove(&at);
        let of_step = self.of_steps.get_mut(&run.step);
        if let Some(last) = of_step.and_then(|of_step| of_step.get_mut(&run.gate)) {
            last.answered = last.answered.max(Some(at));
        }
        Some(at)
    }

    pub(super) fn last(&self, step: &str, gate: &str) -> Option<&LastRuns> {
        self.of_steps.get(step)?.get(gate)
    }

    /// Whether any gate of the step was ever started.
    pub(super) fn has_any(&self, step: &str) -> bool {
        self.of_steps.contains_key(step)
    }

    pub(super) fn by_id(&self, id: RunId) -> Option<usize> {
        self.by_id.get(&id).copied()
    }

    /// The runs without a verdict, in the order of their start.
    pub(super) fn open(&self) -> impl DoubleEndedIterator<Item = usize> {
        self.open.iter().copied()
    }
}

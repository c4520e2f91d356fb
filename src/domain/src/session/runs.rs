//! Runs of gates by id, by step and gate, and those that are open, found without walking the list of all runs.

use std::collections::{BTreeMap, BTreeSet};

use super::event::{GateId, RunId, StepId};
use super::state::{Run, State};
use crate::gate::Verdict;

/// The index of a session's runs. A number in it is the run's index in [`State::runs`].
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct RunIndex {
    by_id: BTreeMap<RunId, usize>,
    open: BTreeSet<usize>,
    of_steps: BTreeMap<StepId, BTreeMap<GateId, LastRuns>>,
}

/// The last runs of a gate at a step.
#[derive(Clone, Copy, Debug, PartialEq)]
struct LastRuns {
    /// The last of all.
    any: usize,
    /// The last that has a verdict.
    answered: Option<usize>,
    /// The last that was started in its step's turn.
    in_turn: Option<usize>,
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

    fn last(&self, step: &str, gate: &str) -> Option<&LastRuns> {
        self.of_steps.get(step)?.get(gate)
    }

    /// Whether any gate of the step was ever started.
    pub(super) fn has_any(&self, step: &str) -> bool {
        self.of_steps.contains_key(step)
    }

    /// The last run of the gate at the step that was started in the step's turn.
    pub(super) fn last_in_turn(&self, step: &str, gate: &str) -> Option<usize> {
        self.last(step, gate)?.in_turn
    }
}

impl State {
    /// The run with this id, if it has no verdict yet.
    pub(super) fn open_run_with(&self, id: RunId) -> Option<&Run> {
        let run = self.runs.get(*self.index.runs.by_id.get(&id)?)?;
        run.verdict.is_none().then_some(run)
    }

    /// The last run of this gate at this step, with its index among the runs.
    pub(super) fn last_run(&self, step: &str, gate: &str) -> Option<(usize, &Run)> {
        let at = self.index.runs.last(step, gate)?.any;
        self.runs.get(at).map(|run| (at, run))
    }

    /// The run of this gate at this step that has no verdict yet.
    #[must_use]
    pub fn open_run(&self, step: &str, gate: &str) -> Option<&Run> {
        let mut open = self.index.runs.open.iter().rev().filter_map(|at| self.runs.get(*at));
        open.find(|run| run.step == step && run.gate == gate)
    }

    /// Every run without a verdict, in the order of their start.
    pub fn open_runs(&self) -> impl Iterator<Item = &Run> {
        self.index.runs.open.iter().filter_map(|at| self.runs.get(*at))
    }

    /// The last run of this gate at this step that has a verdict.
    #[must_use]
    pub fn last_verdict(&self, step: &str, gate: &str) -> Option<&Verdict> {
        let at = self.index.runs.last(step, gate)?.answered?;
        self.runs.get(at)?.verdict.as_ref()
    }
}

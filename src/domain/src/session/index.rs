//! What decisions ask of a session, kept up to date by every event, so that neither costs more in a longer procedure.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::event::StepId;
use super::runs::RunIndex;
use super::state::{Done, State};
use super::steps::{Place, Steps, Turn};
use crate::runbook::{Order, Procedure, Step};

/// Tables that follow from those of [`State`] and change only with them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Index {
    pub(super) steps: Arc<Steps>,
    pub(super) runs: RunIndex,
    /// Steps that are not done. The first of them is the next step.
    pub(super) open: BTreeSet<Turn>,
    pub(super) done: BTreeSet<Turn>,
    /// By place: how many of the sub-steps right below are not done.
    pub(super) open_children: Vec<usize>,
    done_on_top: usize,
    /// Steps without gates that are not done although all their sub-steps are: leaving them out was taken back.
    pub(super) complete: BTreeSet<Turn>,
    /// In any order: steps that are not done, with an automatic gate that has not run.
    pub(super) due: BTreeSet<Turn>,
    /// In any order: steps that are not done, with a gate that has run or was seen from the browser.
    pub(super) tried: BTreeSet<Turn>,
    /// Where work was taken back, and how many runs there were then. It holds for all later turns in a sequential procedure
    /// (a later entry never has fewer runs), and for the turn itself in one of any order.
    outdated: BTreeMap<Turn, usize>,
}

impl Index {
    pub(super) fn of(procedure: &Procedure, runs: RunIndex) -> Self {
        let steps = Steps::of(procedure);
        Self {
            open: (0..steps.len()).collect(),
            open_children: (0..steps.len()).map(|place| steps.children(place)).collect(),
            steps: Arc::new(steps),
            runs,
            ..Self::default()
        }
    }

    /// The first step that is not done.
    pub(super) fn next(&self) -> Option<Place> {
        self.open.first().map(|turn| self.steps.at_turn(*turn))
    }

    /// Takes a step that became done, or is not any more.
    fn mark(&mut self, place: Place, done: bool) {
        let turn = self.steps.turn(place);
        set(&mut self.open, turn, !done);
        set(&mut self.done, turn, done);
        match self.steps.parent(place) {
            // The open ones among sub-steps are counted.
            Some(parent) if done => self.open_children[parent] -= 1,
            Some(parent) => self.open_children[parent] += 1,
            // The done ones among top-level steps are counted.
            None if done => self.done_on_top += 1,
            None => self.done_on_top -= 1,
        }
        for place in [Some(place), self.steps.parent(place)].into_iter().flatten() {
            let turn = self.steps.turn(place);
            let complete = self.steps.follows_children(place) && self.is_open_without_open_children(place);
            set(&mut self.complete, turn, complete);
        }
    }

    fn is_open_without_open_children(&self, place: Place) -> bool {
        self.open.contains(&self.steps.turn(place)) && self.open_children[place] == 0
    }
}

fn set(of: &mut BTreeSet<Turn>, turn: Turn, within: bool) {
    if within {
        of.insert(turn);
    } else {
        of.remove(&turn);
    }
}

impl State {
    /// The step or sub-step with this id, without a walk through the procedure.
    #[must_use]
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.step_at(self.index.steps.place(id)?)
    }

    /// The step's place in the outline, from 0: a step stands before its sub-steps.
    #[must_use]
    pub fn position(&self, step: &str) -> Option<usize> {
        self.index.steps.place(step)
    }

    pub(super) fn step_at(&self, place: Place) -> Option<&Step> {
        self.index.steps.step(self.procedure.as_deref()?, place)
    }

    /// The first step or sub-step that is not done, in the order in which they are done. None when all are.
    #[must_use]
    pub fn next_step(&self) -> Option<&Step> {
        self.step_at(self.index.next()?)
    }

    /// Top-level steps that are done, and all of them.
    #[must_use]
    pub fn progress(&self) -> (usize, usize) {
        let all = self.procedure.as_ref().map_or(0, |procedure| procedure.steps.len());
        (self.index.done_on_top, all)
    }

    /// Whether steps must be done one after another. They must while nothing is known of the procedure.
    pub(super) fn is_sequential(&self) -> bool {
        self.procedure.as_ref().is_none_or(|one| one.order == Order::Sequential)
    }

    /// Whether a step can be worked on now: not done, its sub-steps done, and next in a procedure with an order.
    pub(super) fn is_current_at(&self, place: Place) -> bool {
        if self.is_sequential() {
            self.index.next() == Some(place)
        } else {
            self.index.is_open_without_open_children(place)
        }
    }

    /// Makes a step done, or not done any more.
    pub(super) fn set_done(&mut self, id: &StepId, done: Option<Done>) {
        let is = done.is_some();
        let was = match done {
            Some(done) => self.done.insert(id.clone(), done).is_some(),
            None => self.done.remove(id).is_some(),
        };
        if let Some(place) = self.index.steps.place(id).filter(|_| was != is) {
            self.index.mark(place, is);
            self.update_gates(place);
        }
    }

    /// Makes the index of the procedure that the session runs. Events before the start, which only a damaged log has, count
    /// as well: their runs are kept, and the steps that they made done are done.
    pub(super) fn make_index(&mut self, procedure: &Arc<Procedure>) {
        self.procedure = Some(Arc::clone(procedure));
        self.index = Index::of(procedure, std::mem::take(&mut self.index.runs));
        for id in self.done.keys() {
            if let Some(place) = self.index.steps.place(id) {
                self.index.mark(place, true);
            }
        }
        for place in 0..self.index.steps.len() {
            self.update_gates(place);
        }
    }

    /// Says anew whether a step's gates have something to do, after something of them changed. A sequential procedure asks
    /// its next step only, which needs no list.
    pub(super) fn update_gates(&mut self, place: Place) {
        if self.is_sequential() {
            return;
        }
        let turn = self.index.steps.turn(place);
        let open = self.index.open.contains(&turn);
        let Some(step) = self.step_at(place).filter(|step| open && !step.gates.is_empty()) else {
            self.index.due.remove(&turn);
            self.index.tried.remove(&turn);
            return;
        };
        let due = step.gates.iter().any(|gate| self.is_to_run(&step.id, gate));
        let seen = self.observed.range((step.id.clone(), String::new())..).next();
        let tried = self.index.runs.has_any(&step.id) || seen.is_some_and(|((of, _), _)| *of == step.id);
        set(&mut self.index.due, turn, due);
        set(&mut self.index.tried, turn, tried);
    }

    /// Whether the gate starts by itself and has not run at the step, or only before the work was taken back.
    pub(super) fn is_to_run(&self, step: &str, gate: &str) -> bool {
        let auto = self.gate_snapshot(gate).is_some_and(|brief| brief.auto);
        let last = self.index.runs.last_in_turn(step, gate);
        auto && last.is_none_or(|at| at < self.outdated_runs(step))
    }

    /// How many of the session's runs are from before the step had to be done anew: they are no evidence for it any more.
    pub(super) fn outdated_runs(&self, step: &str) -> usize {
        let Some(place) = self.index.steps.place(step) else {
            return 0;
        };
        let turn = self.index.steps.turn(place);
        let found = if self.is_sequential() {
            self.index.outdated.range(..=turn).next_back().map(|(_, runs)| runs)
        } else {
            self.index.outdated.get(&turn)
        };
        found.copied().unwrap_or(0)
    }

    /// What was seen of a step before the work that comes ahead of it was taken back is no evidence for it any more.
    pub(super) fn outdate_after(&mut self, taken_back: &str) {
        let steps = Arc::clone(&self.index.steps);
        let Some(place) = steps.place(taken_back) else {
            return;
        };
        let (turn, runs) = (steps.turn(place), self.runs.len());
        if self.is_sequential() {
            self.index.outdated.split_off(&turn);
            self.index.outdated.insert(turn, runs);
            let later = |id: &StepId| steps.place(id).is_some_and(|place| steps.turn(place) >= turn);
            self.observed.retain(|(of, _), _| !later(of));
            return;
        }
        self.observed
            .retain(|(of, _), _| steps.place(of).is_none_or(|of| !steps.contains(of, place)));
        for place in std::iter::once(place).chain(steps.ancestors(place)) {
            self.index.outdated.insert(steps.turn(place), runs);
            self.update_gates(place);
        }
    }
}

//! Indexes for decisions, updated by every event, so that neither costs more in a longer procedure.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::run_index::RunIndex;
use super::step_index::{Place, StepIndex, Turn};
use crate::runbook::Procedure;

/// Indexes of the tables of `State`. They change only with them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Index {
    pub(super) steps: Arc<StepIndex>,
    pub(super) runs: RunIndex,
    /// Steps that are not done. The first of them is the next step.
    pub(super) open: BTreeSet<Turn>,
    pub(super) done: BTreeSet<Turn>,
    /// By place: how many of the sub-steps right below are not done.
    pub(super) open_children: Vec<usize>,
    pub(super) done_on_top: usize,
    /// Steps without gates that are not done although all their sub-steps are: leaving them out was taken back.
    pub(super) complete: BTreeSet<Turn>,
    /// In any order: steps that are not done, with an automatic gate that has not run.
    pub(super) due: BTreeSet<Turn>,
    /// In any order: steps that are not done, with a gate that has run or was seen from the browser.
    pub(super) tried: BTreeSet<Turn>,
    /// Where work was taken back, and how many runs there were then: only later runs are evidence. An entry applies to all
    /// later turns in a sequential procedure (a later entry never has fewer runs), and to the turn itself in one of any order.
    pub(super) evidence_cutoffs: BTreeMap<Turn, usize>,
}

impl Index {
    pub(super) fn of(procedure: &Procedure, runs: RunIndex) -> Self {
        let steps = StepIndex::of(procedure);
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

    /// Updates the index for a step that became done or open.
    pub(super) fn mark(&mut self, place: Place, done: bool) {
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

    pub(super) fn is_open_without_open_children(&self, place: Place) -> bool {
        self.open.contains(&self.steps.turn(place)) && self.open_children[place] == 0
    }
}

/// Puts a turn into a set, or takes it out.
pub(super) fn set(of: &mut BTreeSet<Turn>, turn: Turn, within: bool) {
    if within {
        of.insert(turn);
    } else {
        of.remove(&turn);
    }
}

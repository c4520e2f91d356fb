//! Keeping the index of a state in step with its tables.

use std::sync::Arc;

use super::entries::{Done, HowDone};
use super::event::{StepId, TickedBy};
use super::index::{Index, set};
use super::state::State;
use super::step_index::Place;
use crate::runbook::Procedure;

impl State {
    /// Makes a step done, or not done any more.
    pub(super) fn set_done(&mut self, id: &StepId, done: Option<Done>) {
        self.old_ticks.retain(|(of, _), _| of != id);
        self.never_passed.retain(|(of, _)| of != id);
        if let Some(Done {
            at,
            how: HowDone::Ticked(TickedBy::Caution { .. }),
            ..
        }) = &done
        {
            let gone_on = self.cautions.keys().filter(|(of, _)| of == id);
            let without = gone_on.filter(|(step, gate)| !self.gate_state(step, gate, *at).passes());
            self.never_passed.extend(without.cloned().collect::<Vec<_>>());
        }
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

    /// Updates the lists `due` and `tried` for a step, after one of its gates or its place in turn changed. Only procedures
    /// of any order need them: a sequential one asks its next step only.
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
        let gone_on = self.cautions.keys().any(|(of, _)| *of == step.id);
        let tried = gone_on || self.index.runs.has_any(&step.id) || seen.is_some_and(|((of, _), _)| *of == step.id);
        set(&mut self.index.due, turn, due);
        set(&mut self.index.tried, turn, tried);
    }

    /// Sets the evidence cutoff of the steps that depend on a step whose work was taken back, and forgets what the browser saw
    /// of them: neither is evidence any more.
    pub(super) fn move_evidence_cutoff(&mut self, taken_back: &str) {
        let steps = Arc::clone(&self.index.steps);
        let Some(place) = steps.place(taken_back) else {
            return;
        };
        let (turn, runs) = (steps.turn(place), self.runs.len());
        if self.is_sequential() {
            self.index.evidence_cutoffs.split_off(&turn);
            self.index.evidence_cutoffs.insert(turn, runs);
            let later = |id: &StepId| steps.place(id).is_some_and(|place| steps.turn(place) >= turn);
            self.observed.retain(|(of, _), _| !later(of));
            self.cautions.retain(|(of, _), _| !later(of));
            self.confirmed.retain(|of, _| !later(of));
            return;
        }
        let depends = |of: &StepId| steps.place(of).is_some_and(|of| steps.contains(of, place));
        self.observed.retain(|(of, _), _| !depends(of));
        self.cautions.retain(|(of, _), _| !depends(of));
        self.confirmed.retain(|of, _| !depends(of));
        for place in std::iter::once(place).chain(steps.ancestors(place)) {
            self.index.evidence_cutoffs.insert(steps.turn(place), runs);
            self.update_gates(place);
        }
    }
}

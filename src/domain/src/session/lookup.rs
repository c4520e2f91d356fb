//! Finding steps, gates and runs of a session without a walk through them.

use super::entries::{Hold, HowDone, Run};
use super::event::RunId;
use super::state::State;
use super::step_index::Place;
use crate::gate::{GateSnapshot, Outcome, Verdict};
use crate::runbook::{Order, Step};

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

    /// Whether what holds failed, or gave no answer that could be compared.
    #[must_use]
    pub fn outcome_of_hold(&self, hold: &Hold) -> Outcome {
        self.outcome_that_holds(hold.run)
    }

    /// Of what a browser saw only failures hold, and a pass that does not count holds without having failed.
    pub(super) fn outcome_that_holds(&self, run: RunId) -> Outcome {
        let run = self.index.runs.by_id(run).and_then(|run| self.runs.get(run));
        match run.and_then(|run| run.verdict.as_ref()) {
            Some(verdict) if verdict.outcome != Outcome::Fail => Outcome::Inconclusive,
            _ => Outcome::Fail,
        }
    }

    /// Top-level steps that are done, and all of them.
    #[must_use]
    pub fn progress(&self) -> (usize, usize) {
        let all = self.procedure.as_ref().map_or(0, |procedure| procedure.steps.len());
        (self.index.done_on_top, all)
    }

    /// Top-level steps that were ticked, without those that were left out.
    #[must_use]
    pub fn ticked_on_top(&self) -> usize {
        let steps = self.procedure.as_ref().map_or(&[][..], |procedure| &procedure.steps);
        let ticked = |step: &&Step| {
            let done = self.done.get(&step.id);
            done.is_some_and(|done| matches!(done.how, HowDone::Ticked(_)))
        };
        steps.iter().filter(ticked).count()
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

    /// Whether the gate starts by itself and has not run at the step, or only before the work was taken back or another
    /// declaration of the gate was taken.
    pub(super) fn is_to_run(&self, step: &str, gate: &str) -> bool {
        let auto = self
            .gate_snapshot(gate)
            .is_some_and(|snapshot| snapshot.auto && !snapshot.direct_decides);
        let last = self.index.runs.last(step, gate).and_then(|last| last.in_turn);
        let waits = self.step(step).is_some_and(|step| self.waits_for_work(step));
        auto && !waits && last.is_none_or(|at| at < self.evidence_cutoff(step).max(self.runs_before_taken(gate)))
    }

    /// The first of the session's runs that can be evidence for the step, as an index of [`State::runs`]: those before it are
    /// from before the step had to be done anew.
    pub(super) fn evidence_cutoff(&self, step: &str) -> usize {
        let Some(place) = self.index.steps.place(step) else {
            return 0;
        };
        let turn = self.index.steps.turn(place);
        let found = if self.is_sequential() {
            self.index
                .evidence_cutoffs
                .range(..=turn)
                .next_back()
                .map(|(_, runs)| runs)
        } else {
            self.index.evidence_cutoffs.get(&turn)
        };
        found.copied().unwrap_or(0)
    }

    /// What the session knows of a gate: the declaration that was taken last, or that of the start.
    #[must_use]
    pub fn gate_snapshot(&self, gate: &str) -> Option<&GateSnapshot> {
        match self.taken.get(gate) {
            Some(taken) => Some(&taken.snapshot),
            None => self.started.as_ref()?.gates.get(gate),
        }
    }
}

impl State {
    /// Whether a verdict is a pass of the gate as the session declared it. Only that ticks and lifts holds. The declaration is told
    /// by its digest; logs of versions that had none are taken as they are.
    pub(crate) fn counts(&self, gate: &str, verdict: &Verdict) -> bool {
        let declared = self.gate_snapshot(gate);
        let is_asked = |snapshot: &GateSnapshot| {
            snapshot
                .digest
                .as_ref()
                .is_none_or(|digest| *digest == verdict.gate_digest)
        };
        verdict.passes() && declared.is_some_and(is_asked)
    }

    /// Whether what the browser saw lifts the hold of its gate: the browser decides there, and what holds is what it saw before,
    /// or is from before the declaration that says so was taken.
    pub(super) fn observation_lifts(&self, step: &str, gate: &str, verdict: &Verdict) -> bool {
        let decides = self.gate_snapshot(gate).is_some_and(|snapshot| snapshot.direct_decides);
        let hold = self.holds.get(&(step.to_owned(), gate.to_owned()));
        // The proxy asks no more where a declaration was taken by which the browser decides, so that what it found before must
        // not hold for ever.
        let is_browsers = |hold: &Hold| {
            let run = self.index.runs.by_id(hold.run);
            run.is_none_or(|at| at < self.runs_before_taken(gate))
        };
        decides && self.counts(gate, verdict) && hold.is_some_and(is_browsers)
    }

    /// Whether what ticked a step was seen by a browser alone.
    #[must_use]
    pub fn is_word_of_browser(&self, run: RunId) -> bool {
        self.index.runs.by_id(run).is_none()
    }

    /// The run with this id, if it has no verdict yet.
    pub(super) fn open_run_with(&self, id: RunId) -> Option<&Run> {
        let run = self.runs.get(self.index.runs.by_id(id)?)?;
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
        let mut open = self.index.runs.open().rev().filter_map(|at| self.runs.get(at));
        open.find(|run| run.step == step && run.gate == gate)
    }

    /// Every run without a verdict, in the order of their start.
    pub fn open_runs(&self) -> impl Iterator<Item = &Run> {
        self.index.runs.open().filter_map(|at| self.runs.get(at))
    }

    /// The last run of this gate at this step that has a verdict.
    #[must_use]
    pub fn last_verdict(&self, step: &str, gate: &str) -> Option<&Verdict> {
        let at = self.index.runs.last(step, gate)?.answered?;
        self.runs.get(at)?.verdict.as_ref()
    }
}

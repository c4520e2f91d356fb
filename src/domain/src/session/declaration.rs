//! Taking a corrected declaration of a gate in place of the one that the session went by.

use super::entries::{HowDone, OldTick, Taken};
use super::event::{Event, GateId, TickedBy};
use super::limits::{VALUE_LIMIT, require_text};
use super::preconditions::not_rolling_back;
use super::refusal::Refusal;
use super::state::State;
use crate::gate::GateSnapshot;
use crate::runbook::Step;

/// Whether a declaration of the gate can be taken, as far as the session alone can tell.
pub(super) fn may_take_declaration(state: &State, gate: &str, reason: &str) -> Result<(), Refusal> {
    not_rolling_back(state)?;
    require_text("The reason", reason, VALUE_LIMIT)?;
    let gate = gate.to_owned();
    if state.index.steps.with_gate(&gate).is_empty() {
        return Err(Refusal::GateNotNamed { gate });
    }
    // What is being asked is asked by the old one: its verdict belongs before the new one.
    if state.open_runs().any(|run| run.gate == gate) {
        return Err(Refusal::GateRunning { gate });
    }
    Ok(())
}

/// `declared` is what the proxy reads, `digest` that of what the person saw.
pub(super) fn take_declaration(
    state: &State,
    gate: &str,
    declared: Option<&GateSnapshot>,
    digest: &str,
    reason: &str,
) -> Result<Vec<Event>, Refusal> {
    may_take_declaration(state, gate, reason)?;
    let Some(new) = declared else {
        return Err(Refusal::NotDeclared {
            gate: gate.to_owned(),
            back: state.can_be_rolled_back(),
        });
    };
    if new.id != gate || new.digest.as_deref() != Some(digest) {
        return Err(Refusal::DeclarationMoved { gate: gate.to_owned() });
    }
    let old = state.gate_snapshot(gate);
    if old.is_some_and(|old| old.digest == new.digest) {
        return Err(Refusal::DeclarationUnchanged { gate: gate.to_owned() });
    }
    Ok(vec![Event::DeclarationTaken {
        gate: gate.to_owned(),
        old: old.cloned().map(Box::new),
        new: Box::new(new.clone()),
        reason: reason.to_owned(),
    }])
}

impl State {
    /// Folds a declaration that was taken. What was seen before it is no evidence any more, and lifts no hold; what it ticked stays
    /// ticked, and says by what.
    pub(super) fn take(&mut self, gate: &GateId, old: Option<&GateSnapshot>, taken: Taken) {
        let places = self.index.steps.with_gate(gate).to_vec();
        let by_gates = |step: &&Step| match self.done.get(&step.id).map(|done| &done.how) {
            Some(HowDone::Ticked(TickedBy::Gate { .. })) => true,
            // The gate that was gone on with ticked nothing; the others did.
            Some(HowDone::Ticked(TickedBy::Caution { .. })) => {
                !self.never_passed.contains(&(step.id.clone(), gate.clone()))
            }
            _ => false,
        };
        let steps = places.iter().filter_map(|place| self.step_at(*place)).filter(by_gates);
        let steps: Vec<_> = steps.map(|step| (step.id.clone(), gate.clone())).collect();
        let tick = OldTick {
            direct_decides: old.is_some_and(|old| old.direct_decides),
        };
        for step in steps {
            // The first one is what ticked it.
            self.old_ticks.entry(step).or_insert(tick);
        }
        self.observed.retain(|(_, of), _| of != gate);
        let held = self.holds.iter_mut().filter(|((_, of), _)| of == gate);
        held.for_each(|(_, hold)| {
            hold.runs_before = taken.runs_before;
            hold.corrected = true;
        });
        // A step that is done without a pass stays so, and says so.
        self.cautions
            .retain(|(step, of), _| of != gate || self.done.contains_key(step));
        self.taken.insert(gate.clone(), taken);
        places.into_iter().for_each(|place| self.update_gates(place));
    }

    /// The first of the session's runs that was asked by the declaration that it goes by, as an index of [`State::runs`].
    pub(super) fn runs_before_taken(&self, gate: &str) -> usize {
        self.taken.get(gate).map_or(0, |taken| taken.runs_before)
    }

    /// Whether another declaration of the gate was taken since it was asked at the step, so that it is to be run anew.
    #[must_use]
    pub fn is_to_run_anew(&self, step: &str, gate: &str) -> bool {
        let taken = self.taken.get(gate);
        taken.is_some_and(|taken| self.last_run(step, gate).is_none_or(|(at, _)| at < taken.runs_before))
    }

    /// Whether a gate ticked the step by a declaration that another one was taken for, and has not passed since.
    #[must_use]
    pub fn is_by_old_declaration(&self, step: &str) -> bool {
        let mut of_step = self.old_ticks.range((step.to_owned(), String::new())..);
        of_step.next().is_some_and(|((of, _), _)| of == step)
    }

    /// The steps of which that is so, in the order in which steps are done.
    #[must_use]
    pub fn by_old_declaration(&self) -> Vec<&Step> {
        let steps = self.procedure.iter().flat_map(|procedure| procedure.in_order());
        steps.filter(|step| self.is_by_old_declaration(&step.id)).collect()
    }

    /// Whether the browser alone decides the gate.
    pub(super) fn decides(&self, gate: &str) -> bool {
        self.gate_snapshot(gate).is_some_and(|snapshot| snapshot.direct_decides)
    }

    /// The steps that a browser's word ticks, or has ticked: `direct = "decides"` of one of their gates.
    #[must_use]
    pub fn on_browsers_word(&self) -> Vec<&Step> {
        let decides = |step: &Step, gate: &GateId| {
            let old = self.old_ticks.get(&(step.id.clone(), gate.clone()));
            old.map_or_else(|| self.decides(gate), |old| old.direct_decides)
        };
        let steps = self.procedure.iter().flat_map(|procedure| procedure.in_order());
        steps
            .filter(|step| step.gates.iter().any(|gate| decides(step, gate)))
            .collect()
    }
}

//! How many steps of a procedure are done, and which of them were left out or gone on with without a pass.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use serde::{Deserialize, Serialize};

use holdpoint_domain::runbook::Step;
use holdpoint_domain::session::{HowDone, State};

/// A step that was left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    /// Its number and title in the runbook.
    pub step: String,
    pub reason: String,
    /// It is part of another step.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sub_step: bool,
}

/// What came of a procedure's steps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// Top-level steps that are done. One that was left out is not.
    pub done: usize,
    /// Top-level steps.
    pub steps: usize,
    /// Steps that were left out, without the sub-steps that were left out with them.
    pub left_out: Vec<LeftOut>,
    /// Steps that are done although one of their gates was gone on with and has not passed since.
    pub without_pass: Vec<String>,
}

impl Tally {
    pub(super) fn of(state: &State) -> Self {
        let mut tally = Self::default();
        let Some(procedure) = state.procedure.as_deref() else {
            return tally;
        };
        tally.steps = procedure.steps.len();
        for step in &procedure.steps {
            let skipped = tally.add(state, step, false);
            if state.is_done(&step.id) && !skipped {
                tally.done += 1;
            }
        }
        tally
    }

    /// Whether the step was left out.
    fn add(&mut self, state: &State, step: &Step, sub_step: bool) -> bool {
        match state.done.get(&step.id).map(|done| &done.how) {
            Some(HowDone::Skipped(reason)) => {
                self.left_out.push(LeftOut {
                    step: state.step_label(&step.id),
                    reason: reason.clone(),
                    sub_step,
                });
                return true;
            }
            Some(HowDone::Ticked(_)) if state.is_without_pass(&step.id) => {
                self.without_pass.push(state.step_label(&step.id));
            }
            _ => {}
        }
        for child in &step.children {
            self.add(state, child, true);
        }
        false
    }
}

/// `3 of 5 steps done (1 without a pass: 2 Verify), 1 left out (4 Clear the cache: not needed)`.
pub(super) fn in_words(done: usize, steps: usize, left_out: &[LeftOut], without_pass: &[String]) -> String {
    let mut words = format!("{done} of {steps} steps done");
    if !without_pass.is_empty() {
        words += &format!(" ({} without a pass: {})", without_pass.len(), without_pass.join("; "));
    }
    for (sub_step, what) in [(false, "left out"), (true, "as a part of a step left out")] {
        let named: Vec<String> = left_out
            .iter()
            .filter(|one| one.sub_step == sub_step)
            .map(|one| format!("{}: {}", one.step, one.reason))
            .collect();
        if !named.is_empty() {
            words += &format!(", {} {what} ({})", named.len(), named.join("; "));
        }
    }
    words
}

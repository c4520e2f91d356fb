//! How the runs of a session's gates went.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::gate::{Outcome, Verdict};
use crate::session::{Event, GateId, State, StepId, TickedBy};

/// The runs of one gate in one session. What a browser saw by itself is no run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateDigest {
    pub gate: GateId,
    /// Its title in `gates.toml`.
    pub title: String,
    pub passed: u32,
    pub failed: u32,
    /// Runs that could not be compared, were cancelled or broke off.
    pub inconclusive: u32,
    /// How often it passed at a step where it had not passed before, asked by the same declaration, while nothing else than runs of
    /// gates was recorded in between.
    pub passed_on_repeat: u32,
}

/// The last run of a gate at a step that did not pass.
#[derive(Clone, Debug, PartialEq)]
struct NotPassed {
    digest: String,
    changes: u64,
}

/// Folds the runs of a session.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct GateFold {
    gates: BTreeMap<GateId, GateDigest>,
    not_passed: BTreeMap<(StepId, GateId), NotPassed>,
    /// Events other than those of gates.
    changes: u64,
}

impl GateFold {
    pub(super) fn add(&mut self, event: &Event, after: &State) {
        match event {
            Event::GateFinished {
                step, gate, verdict, ..
            } => self.finish(step, gate, verdict, after),
            // They follow from runs.
            Event::GateStarted { .. }
            | Event::GateObserved { .. }
            | Event::HoldPlaced { .. }
            | Event::HoldLifted { .. }
            | Event::StepTicked {
                by: TickedBy::Gate { .. } | TickedBy::Children | TickedBy::Caution { .. },
                ..
            } => {}
            _ => self.changes += 1,
        }
    }

    fn finish(&mut self, step: &StepId, gate: &GateId, verdict: &Verdict, after: &State) {
        let title = || after.gate_title(gate);
        let counted = self.gates.entry(gate.clone()).or_insert_with(|| GateDigest {
            gate: gate.clone(),
            title: title(),
            ..GateDigest::default()
        });
        let key = (step.clone(), gate.clone());
        if verdict.passes() {
            counted.passed += 1;
            let before = self.not_passed.remove(&key);
            let same = before.is_some_and(|before| {
                before.changes == self.changes && before.digest == verdict.gate_digest && !before.digest.is_empty()
            });
            counted.passed_on_repeat += u32::from(same);
            return;
        }
        match verdict.outcome {
            Outcome::Fail => counted.failed += 1,
            // A verdict that says pass and is none has compared nothing.
            Outcome::Inconclusive | Outcome::Pass => counted.inconclusive += 1,
        }
        let (digest, changes) = (verdict.gate_digest.clone(), self.changes);
        self.not_passed.insert(key, NotPassed { digest, changes });
    }

    pub(super) fn finish_all(&self) -> Vec<GateDigest> {
        self.gates.values().cloned().collect()
    }
}

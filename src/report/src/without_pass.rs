//! Decisions to go on although a gate did not pass, and whether the gate passed afterwards.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use chrono::{DateTime, Utc};
use serde::Serialize;

use holdpoint_domain::session::{Event, Freshness, GateId, GateState, Record, State, StepId};

/// A person's decision to go on although a gate did not pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WithoutPass {
    /// Its title in the runbook.
    pub step: String,
    /// Its title in `gates.toml`.
    pub gate: String,
    /// The name of the person who decided.
    pub by: String,
    pub at: DateTime<Utc>,
    pub reason: String,
    /// When the gate passed at this step afterwards in a way that counts, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passed: Option<DateTime<Utc>>,
}

/// The decisions of a log, found event by event.
#[derive(Debug, Default)]
pub(super) struct WithoutPassFold {
    decided: Vec<(StepId, GateId, WithoutPass)>,
}

impl WithoutPassFold {
    /// Takes an event, and the state just after it: what counts is told by the state of that time, by the declaration that the session
    /// went by and by whose turn it was.
    pub(super) fn add(&mut self, then: &State, record: &Record) {
        match &record.event {
            Event::ProceededWithCaution { step, gate, reason, .. } => {
                let without = WithoutPass {
                    step: String::new(),
                    gate: String::new(),
                    by: record.actor.name().to_owned(),
                    at: record.at,
                    reason: reason.clone(),
                    passed: None,
                };
                self.decided.push((step.clone(), gate.clone(), without));
            }
            Event::GateFinished { step, gate, .. } | Event::GateObserved { step, gate, .. } => {
                let mut of_gate = self
                    .decided
                    .iter_mut()
                    .filter(|(of, by, _)| (of, by) == (step, gate))
                    .peekable();
                if of_gate.peek().is_some() && counts(then, step, gate, record) {
                    of_gate.for_each(|(_, _, without)| without.passed = without.passed.or(Some(record.at)));
                }
            }
            _ => {}
        }
    }

    /// With the names that the whole log has for steps and gates.
    pub(super) fn finish(self, state: &State) -> Vec<WithoutPass> {
        let named = self.decided.into_iter().map(|(step, gate, without)| WithoutPass {
            step: state.step(&step).map_or(step, |step| step.title.clone()),
            gate: state.gate_title(&gate),
            ..without
        });
        named.collect()
    }
}

/// Whether the verdict of a record is what the gate stands by at the step just after it, and a pass. Once a rollback has taken over
/// nothing counts any more.
fn counts(then: &State, step: &str, gate: &str, record: &Record) -> bool {
    let GateState::Finished(evidence) = then.gate_state(step, gate, record.at) else {
        return false;
    };
    let id = match &record.event {
        Event::GateFinished { run, .. } => run,
        Event::GateObserved { observation, .. } => observation,
        _ => return false,
    };
    let passes = evidence.verdict.passes() && matches!(evidence.freshness, Freshness::Fresh(_));
    evidence.run == *id && passes && !then.is_being_undone()
}

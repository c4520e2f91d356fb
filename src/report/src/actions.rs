//! Corrective actions: one for each gate that did not pass at some time, with what was observed the first time.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::escape::escape;
use holdpoint_domain::gate::{Outcome, Verdict};
use holdpoint_domain::session::{Event, GateId, Record, State};

/// A gate that did not pass at some time.
#[derive(Debug)]
pub(super) struct Action {
    /// The gate's title in `gates.toml`.
    gate: String,
    /// What it saw the first time that it did not pass.
    seen: String,
}

/// The actions of a log, found event by event.
#[derive(Debug, Default)]
pub(super) struct ActionsFold {
    named: BTreeSet<GateId>,
    seen: Vec<(GateId, String)>,
}

impl ActionsFold {
    pub(super) fn add(&mut self, record: &Record) {
        let (Event::GateFinished { gate, verdict, .. } | Event::GateObserved { gate, verdict, .. }) = &record.event
        else {
            return;
        };
        if !verdict.passes() && self.named.insert(gate.clone()) {
            self.seen.push((gate.clone(), seen(verdict)));
        }
    }

    /// With the names that the whole log has for gates.
    pub(super) fn finish(self, state: &State) -> Vec<Action> {
        let named = self.seen.into_iter().map(|(gate, seen)| Action {
            gate: state.gate_title(&gate),
            seen,
        });
        named.collect()
    }
}

/// The table of actions, to be filled in.
pub(super) fn corrective_actions(text: &mut String, actions: &[Action]) -> std::fmt::Result {
    writeln!(
        text,
        "## Corrective actions\n\n| # | Gate | What it saw | Action | Owner | Due |\n| --- | --- | --- | --- | --- | --- |"
    )?;
    for (before, action) in actions.iter().enumerate() {
        writeln!(
            text,
            "| {} | {} | {} | | | |",
            before + 1,
            escape(&action.gate),
            escape(&action.seen)
        )?;
    }
    if actions.is_empty() {
        writeln!(text, "| | No gate failed. | | | | |")?;
    }
    writeln!(text)
}

fn seen(verdict: &Verdict) -> String {
    let checks = verdict.checks.iter().filter(|check| check.outcome != Outcome::Pass);
    let told: Vec<String> = checks
        .map(|check| {
            format!(
                "{}: expected {}, observed {}",
                check.check, check.expected, check.observed
            )
        })
        .collect();
    if told.is_empty() {
        verdict.summary.clone()
    } else {
        told.join("; ")
    }
}

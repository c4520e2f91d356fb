//! Each gate that did not pass at some time, with what was observed the first time.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::escape::escape;
use holdpoint_domain::gate::{Outcome, Verdict};
use holdpoint_domain::session::{Event, GateId, Record, State};

/// A gate that did not pass at some time.
#[derive(Debug)]
pub(super) struct NotPassed {
    /// The gate's title in `gates.toml`.
    gate: String,
    /// What it saw the first time that it did not pass.
    seen: String,
}

/// Those of a log, found event by event.
#[derive(Debug, Default)]
pub(super) struct NotPassedFold {
    named: BTreeSet<GateId>,
    seen: Vec<(GateId, String)>,
}

impl NotPassedFold {
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
    pub(super) fn finish(self, state: &State) -> Vec<NotPassed> {
        let named = self.seen.into_iter().map(|(gate, seen)| NotPassed {
            gate: state.gate_title(&gate),
            seen,
        });
        named.collect()
    }
}

/// The gates as a table.
pub(super) fn gates_that_did_not_pass(text: &mut String, gates: &[NotPassed]) -> std::fmt::Result {
    writeln!(text, "## Gates that did not pass\n")?;
    if gates.is_empty() {
        return writeln!(text, "None: each verdict was a pass, or no gate was asked.\n");
    }
    writeln!(text, "| Gate | What it saw the first time |\n| --- | --- |")?;
    for one in gates {
        writeln!(text, "| {} | {} |", escape(&one.gate), escape(&one.seen))?;
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

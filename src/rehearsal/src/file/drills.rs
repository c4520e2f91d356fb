//! What can be known to be wrong with the drills of a `rehearsal.toml`.

use std::collections::BTreeSet;
use std::time::Duration;

use holdpoint_gates::HumanDuration;
use holdpoint_gates::config::GatesFile;

use super::RehearsalFile;
use super::wrong::{Problem, Wrong, is_id};
use crate::drill::declared::{DrillFault, LIVE};
use crate::fault::FaultKind;

/// The longest window, and the longest that a fault of a drill lasts by itself.
const LONGEST: Duration = Duration::from_hours(24);

impl RehearsalFile {
    /// What is wrong with its drills.
    pub(super) fn drill_problems(&self, gates: &GatesFile) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut known = BTreeSet::new();
        for (at, drill) in self.drills.iter().enumerate() {
            let at = at.to_string();
            let mut add = |keys: &[&str], wrong| {
                let path = ["drill", &at].into_iter().chain(keys.iter().copied());
                let path = path.map(str::to_owned).collect();
                problems.push(Problem { path, wrong });
            };
            let id = || drill.id.clone();
            if !is_id(&drill.id) {
                add(&["id"], Wrong::DrillId { id: id() });
            } else if !known.insert(&drill.id) {
                add(&["id"], Wrong::TwoDrills { id: id() });
            }
            if drill.title.trim().is_empty() {
                add(&["title"], Wrong::NoTitle);
            }
            let count = drill.faults.len();
            if count == 0 {
                add(&["faults"], Wrong::NoFaults);
            }
            if drill.strikes.is_some_and(|strikes| strikes == 0 || strikes > count) {
                add(&["strikes"], Wrong::Strikes { count });
            }
            for (index, fault) in drill.faults.iter().enumerate() {
                let index = index.to_string();
                self.check_fault(fault, gates, &mut |key, wrong| add(&["faults", &index, key], wrong));
            }
        }
        problems
    }

    fn check_fault(&self, fault: &DrillFault, gates: &GatesFile, add: &mut dyn FnMut(&str, Wrong)) {
        if let Some(wrong) = self.unknown_fault(&fault.fault, gates) {
            add("fault", wrong);
        }
        let no_gate = |name: &&String| !gates.gates.contains_key(*name);
        if let Some(gate) = fault.before.as_ref().filter(|name| *name != LIVE).filter(no_gate) {
            add("before", Wrong::NoGate { gate: gate.clone() });
        }
        if let Some(gate) = fault.once_asked.as_ref().filter(no_gate) {
            add("once_asked", Wrong::NoGate { gate: gate.clone() });
        }
        if fault.before.is_some() && fault.once_asked.is_some() {
            add("once_asked", Wrong::TwoTriggers);
        }
        let too_long = |span: &HumanDuration| span.duration() > LONGEST;
        if fault
            .window
            .as_ref()
            .is_some_and(|(from, to)| from > to || too_long(to))
        {
            add("window", Wrong::Window);
        }
        if fault
            .lasts
            .as_ref()
            .is_some_and(|span| span.millis == 0 || too_long(span))
        {
            add("lasts", Wrong::Lasts);
        }
    }

    fn unknown_fault(&self, fault: &str, gates: &GatesFile) -> Option<Wrong> {
        let Some((id, word)) = fault.split_once(':') else {
            let is_known = self.faults.iter().any(|known| known.id == fault);
            let fault = fault.to_owned();
            return (!is_known).then_some(Wrong::NoFault { fault });
        };
        let gate = id.to_owned();
        let Some(declared) = gates.gates.get(id) else {
            return Some(Wrong::NoGate { gate });
        };
        let known: Vec<_> = FaultKind::of(declared.kind).iter().map(|kind| kind.word()).collect();
        (!known.contains(&word)).then(|| Wrong::NoKind {
            gate,
            word: word.to_owned(),
            known: known.join(", "),
        })
    }
}

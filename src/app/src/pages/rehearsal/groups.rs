//! The faults of gates' kinds, in one group a gate.

use std::collections::{BTreeMap, BTreeSet};

use holdpoint_domain::wire::{EnvironmentBrief, FaultState};

/// The gates that have faults, in the two lists of the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GateLists {
    /// The gates of the open session's procedure.
    pub of_session: Vec<GateGroup>,
    pub others: Vec<GateGroup>,
}

/// A gate that has faults.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct GateGroup {
    /// The gate's name in `gates.toml`.
    pub gate: String,
    pub title: String,
}

/// What the page knows of gates besides their faults.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GateFacts {
    /// Titles by the gates' names.
    pub titles: BTreeMap<String, String>,
    /// The newest open session, as its procedure and version: `Golden release v1.4.2`.
    pub session: Option<String>,
    /// The names of the gates of its procedure.
    pub of_session: BTreeSet<String>,
}

impl GateFacts {
    /// The titles that environments give their gates. Where two differ, the first one counts.
    pub fn titles_of(environments: Vec<EnvironmentBrief>) -> BTreeMap<String, String> {
        let mut titles = BTreeMap::new();
        for gate in environments.into_iter().flat_map(|environment| environment.gates) {
            titles.entry(gate.id).or_insert(gate.title);
        }
        titles
    }

    pub fn title(&self, gate: &str) -> String {
        self.titles.get(gate).cloned().unwrap_or_else(|| gate.to_owned())
    }

    /// The gates of these faults, by title.
    pub fn lists(&self, faults: &[FaultState]) -> GateLists {
        let gates: BTreeSet<_> = faults.iter().filter_map(|fault| fault.gate.as_ref()).collect();
        let mut groups: Vec<_> = gates
            .into_iter()
            .map(|gate| GateGroup {
                gate: gate.clone(),
                title: self.title(gate),
            })
            .collect();
        groups.sort_by(|one, other| one.title.cmp(&other.title));
        let (of_session, others) = groups
            .into_iter()
            .partition(|group| self.of_session.contains(&group.gate));
        GateLists { of_session, others }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(id: &str, gate: Option<&str>) -> FaultState {
        FaultState {
            id: id.to_owned(),
            title: id.to_owned(),
            description: String::new(),
            on: false,
            gate: gate.map(str::to_owned),
        }
    }

    #[test]
    fn the_gates_of_the_session_stand_apart_and_each_stands_once() {
        let facts = GateFacts {
            titles: [("health".to_owned(), "API health".to_owned())].into(),
            session: None,
            of_session: ["health".to_owned(), "unknown".to_owned()].into(),
        };
        let faults = [
            fault("api_down", None),
            fault("health.refused", Some("health")),
            fault("health.timeout", Some("health")),
            fault("ready.refused", Some("ready")),
        ];
        let group = |gate: &str, title: &str| GateGroup {
            gate: gate.to_owned(),
            title: title.to_owned(),
        };
        assert_eq!(
            facts.lists(&faults),
            GateLists {
                of_session: vec![group("health", "API health")],
                others: vec![group("ready", "ready")],
            }
        );
    }
}

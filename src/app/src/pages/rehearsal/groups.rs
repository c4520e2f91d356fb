//! The faults of gates' kinds, in one group a gate.

use holdpoint_domain::wire::{EnvironmentBrief, FaultState};

/// The gates that have faults, in the two lists of the page, each by title.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GateLists {
    /// The gates of the open session's procedure.
    pub of_session: Vec<GateGroup>,
    pub others: Vec<GateGroup>,
}

/// A gate and its faults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateGroup {
    /// The gate's name in `gates.toml`.
    pub gate: String,
    pub title: String,
    pub faults: Vec<FaultState>,
}

/// What the page knows of gates besides their faults.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GateFacts {
    /// Names and titles. Where two environments title a gate differently, the first one counts.
    pub titles: Vec<(String, String)>,
    /// The newest open session, as its procedure and version: `Golden release v1.4.2`.
    pub session: Option<String>,
    /// The names of the gates of its procedure.
    pub of_session: Vec<String>,
}

impl GateFacts {
    /// The titles that environments give their gates.
    pub fn titles_of(environments: Vec<EnvironmentBrief>) -> Vec<(String, String)> {
        let gates = environments.into_iter().flat_map(|environment| environment.gates);
        gates.map(|gate| (gate.id, gate.title)).collect()
    }

    fn title(&self, gate: &str) -> String {
        let known = self.titles.iter().find(|(name, _)| name == gate);
        known.map_or_else(|| gate.to_owned(), |(_, title)| title.clone())
    }

    /// A fault's name where it stands without its gate: `API down`, `API health: answers 503`.
    pub fn full_name(&self, fault: &FaultState) -> String {
        match &fault.gate {
            Some(gate) => format!("{}: {}", self.title(gate), title_in_group(fault)),
            None => fault.title.clone(),
        }
    }

    pub fn lists(&self, faults: &[FaultState]) -> GateLists {
        let mut lists = GateLists::default();
        for fault in faults {
            let Some(gate) = &fault.gate else { continue };
            let groups = if self.of_session.contains(gate) {
                &mut lists.of_session
            } else {
                &mut lists.others
            };
            if let Some(group) = groups.iter_mut().find(|group| group.gate == *gate) {
                group.faults.push(fault.clone());
                continue;
            }
            let group = GateGroup {
                gate: gate.clone(),
                title: self.title(gate),
                faults: vec![fault.clone()],
            };
            let place = groups.iter().position(|other| other.title > group.title);
            groups.insert(place.unwrap_or(groups.len()), group);
        }
        lists
    }
}

/// A fault's title without the name of its gate, which the proxy puts before it: `answers 503` of `api-health: answers 503`.
pub fn title_in_group(fault: &FaultState) -> &str {
    let kind = fault.gate.as_deref().and_then(|gate| fault.title.strip_prefix(gate));
    let kind = kind.and_then(|rest| rest.strip_prefix(": "));
    kind.unwrap_or(&fault.title)
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

    /// Titles of gates with the ids of their faults.
    fn told(groups: &[GateGroup]) -> Vec<(&str, Vec<&str>)> {
        groups
            .iter()
            .map(|group| {
                (
                    group.title.as_str(),
                    group.faults.iter().map(|fault| fault.id.as_str()).collect(),
                )
            })
            .collect()
    }

    #[test]
    fn the_gates_of_the_session_stand_apart_and_each_stands_once_by_its_title() {
        let facts = GateFacts {
            titles: vec![("health".to_owned(), "API health".to_owned())],
            session: None,
            of_session: vec!["smoke".to_owned(), "health".to_owned(), "unknown".to_owned()],
        };
        let faults = [
            fault("api_down", None),
            fault("smoke.exit", Some("smoke")),
            fault("health.refused", Some("health")),
            fault("ready.refused", Some("ready")),
            fault("health.timeout", Some("health")),
        ];
        let lists = facts.lists(&faults);
        assert_eq!(
            told(&lists.of_session),
            [
                ("API health", vec!["health.refused", "health.timeout"]),
                ("smoke", vec!["smoke.exit"])
            ]
        );
        assert_eq!(told(&lists.others), [("ready", vec!["ready.refused"])]);
    }

    #[test]
    fn a_fault_of_a_gate_is_named_by_the_gates_title() {
        let facts = GateFacts {
            titles: vec![("api-health".to_owned(), "API health".to_owned())],
            ..GateFacts::default()
        };
        let named = |title: &str, gate| {
            let fault = FaultState {
                title: title.to_owned(),
                ..fault("any", gate)
            };
            (title_in_group(&fault).to_owned(), facts.full_name(&fault))
        };
        let pair = |short: &str, full: &str| (short.to_owned(), full.to_owned());
        assert_eq!(named("API down", None), pair("API down", "API down"));
        assert_eq!(
            named("api-health: answers 503", Some("api-health")),
            pair("answers 503", "API health: answers 503")
        );
        assert_eq!(
            named("ready: no row", Some("ready")),
            pair("no row", "ready: no row"),
            "a gate without a title"
        );
        assert_eq!(
            named("Odd", Some("api-health")),
            pair("Odd", "API health: Odd"),
            "a title without the gate's name"
        );
    }
}

//! What can be known to be wrong with a `gates.toml` before any gate runs.

mod environment;
mod expectation;
mod in_environment;
mod request;
mod times;

use std::collections::BTreeMap;

use crate::config::{Environment, Gate, GatesFile};
use crate::problem::{Problem, ProblemKind, ProblemList, is_name};
use environment::check_environment;
use expectation::check_expectation;
use holdpoint_domain::gate::GateKind;
use in_environment::check_in_environment;
use request::{check_of, check_request};
use times::check_times;

impl GatesFile {
    /// Everything that is wrong. A file without problems can still fail at run time, but not for what it says.
    #[must_use]
    pub(super) fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (name, environment) in &self.environments {
            let base = vec!["environments".to_owned(), name.clone()];
            check_environment(
                name,
                environment,
                &mut ProblemList {
                    problems: &mut problems,
                    base,
                },
            );
        }
        for (name, gate) in &self.gates {
            let base = vec!["gates".to_owned(), name.clone()];
            check_gate(
                name,
                gate,
                &self.environments,
                &mut ProblemList {
                    problems: &mut problems,
                    base,
                },
            );
        }
        problems
    }
}

fn check_gate(name: &str, gate: &Gate, environments: &BTreeMap<String, Environment>, problems: &mut ProblemList<'_>) {
    if !is_name(name) {
        problems.add(&[], ProblemKind::Name { name: name.to_owned() });
    }
    if gate.title.trim().is_empty() {
        problems.add(&["title"], ProblemKind::NoTitle);
    }
    let tables = (gate.http.is_some(), gate.sql.is_some(), gate.command.is_some());
    let right = match gate.kind {
        GateKind::Http => (true, false, false),
        GateKind::Sql => (false, true, false),
        GateKind::Command => (false, false, true),
    };
    if tables != right {
        problems.add(
            &["kind"],
            ProblemKind::Tables {
                kind: gate.kind.as_str(),
            },
        );
        return;
    }
    check_times(gate, problems);
    if gate.expect.is_empty() {
        problems.add(&["expect"], ProblemKind::NoExpectation);
    }
    for (index, expectation) in gate.expect.iter().enumerate() {
        let index = index.to_string();
        check_of(&index, expectation.of.as_ref(), gate.http.as_ref(), problems);
        check_expectation(&index, expectation, gate.kind, problems);
    }
    check_request(gate, problems);
    for (index, name) in gate
        .environments
        .iter()
        .enumerate()
        .filter(|(_, name)| !environments.contains_key(*name))
    {
        problems.add(
            &["environments", &index.to_string()],
            ProblemKind::NoSuchEnvironment { name: name.clone() },
        );
    }
    if environments.is_empty() {
        problems.add(&[], ProblemKind::NoEnvironment);
    }
    for (name, environment) in environments.iter().filter(|(name, _)| gate.exists_in(name)) {
        check_in_environment(gate, name, environment, problems);
    }
}

//! Checks of one environment.

use crate::config::{Environment, Secret};
use crate::fill::{Encoding, fill};
use crate::hosts::HostRule;
use crate::problem::{ProblemKind, ProblemList, is_name};
use crate::values::sample_values_of_programs;

/// Values that the session gives; an environment declares none of these names.
const SESSION_VALUES: [&str; 3] = ["git_sha", "version", "environment"];

/// Adds what is wrong with an environment.
pub(super) fn check_environment(name: &str, environment: &Environment, problems: &mut ProblemList<'_>) {
    let mut named = |keys: &[&str], name: &str| {
        if !is_name(name) {
            problems.add(keys, ProblemKind::Name { name: name.to_owned() });
        }
    };
    named(&[], name);
    environment.urls.keys().for_each(|key| named(&["urls", key], key));
    environment
        .databases
        .keys()
        .for_each(|key| named(&["databases", key], key));
    environment
        .variables
        .keys()
        .for_each(|key| named(&["variables", key], key));
    environment.secrets.keys().for_each(|key| named(&["secrets", key], key));
    if environment.title.trim().is_empty() {
        problems.add(&["title"], ProblemKind::NoTitle);
    }
    if let Some(repository) = &environment.repository
        && let Err(error) = HostRule::of_base_url(repository)
    {
        problems.add(&["repository"], error);
    }
    for (key, url) in &environment.urls {
        if let Err(error) = HostRule::of_base_url(url) {
            problems.add(&["urls", key], error);
        }
    }
    for (index, host) in environment.hosts.iter().enumerate() {
        if let Err(error) = HostRule::of_host(host) {
            problems.add(&["hosts", &index.to_string()], error);
        }
    }
    let sources = |secret: &Secret| match (&secret.env, &secret.file) {
        (Some(text), None) | (None, Some(text)) => !text.is_empty(),
        _ => false,
    };
    for (table, secrets) in [("databases", &environment.databases), ("secrets", &environment.secrets)] {
        for (key, _) in secrets.iter().filter(|(_, secret)| !sources(secret)) {
            problems.add(&[table, key], ProblemKind::SecretSource);
        }
    }
    let values = sample_values_of_programs(name, environment);
    for (key, template) in &environment.env {
        check_variable(&["env", key], key, problems);
        if let Err(error) = fill(template, &values, Encoding::Plain) {
            let environment = name.to_owned();
            problems.add(&["env", key], ProblemKind::Fill { environment, error });
        }
    }
    for key in environment
        .variables
        .keys()
        .filter(|key| SESSION_VALUES.contains(&key.as_str()))
    {
        problems.add(&["variables", key], ProblemKind::ReservedVariable { name: key.clone() });
    }
    for (key, _) in environment
        .programs
        .iter()
        .filter(|(_, argv)| argv.first().is_none_or(String::is_empty))
    {
        problems.add(&["programs", key], ProblemKind::NoProgram);
    }
}

/// Adds a problem if a program's environment cannot have a variable of this name.
pub(super) fn check_variable(keys: &[&str], name: &str, problems: &mut ProblemList<'_>) {
    if name.is_empty() || name.contains(['=', '\0']) {
        problems.add(keys, ProblemKind::VariableName { name: name.to_owned() });
    }
}

//! Checks of one environment.

use crate::config::{Environment, Secret};
use crate::fill::{Encoding, fill};
use crate::hosts::HostRule;
use crate::pipeline::{RepositoryName, is_workflow};
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
    check_pipeline(environment, problems);
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
    let sources = |secret: &Secret| has_source(secret);
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

/// Whether exactly one place is named where a secret is read.
fn has_source(secret: &Secret) -> bool {
    match (&secret.env, &secret.file) {
        (Some(text), None) | (None, Some(text)) => !text.is_empty(),
        _ => false,
    }
}

fn check_pipeline(environment: &Environment, problems: &mut ProblemList<'_>) {
    let Some(pipeline) = &environment.pipeline else { return };
    let wrong = match (&pipeline.repository, &environment.repository) {
        (Some(name), _) if RepositoryName::parse(name).is_none() => Some(ProblemKind::RepositoryName),
        (None, Some(link)) if RepositoryName::of_link(link).is_none() => Some(ProblemKind::RepositoryLink),
        (None, None) => Some(ProblemKind::NoRepository),
        _ => None,
    };
    if let Some(wrong) = wrong {
        problems.add(&["pipeline", "repository"], wrong);
    }
    if let Some(workflow) = &pipeline.workflow
        && !is_workflow(workflow)
    {
        problems.add(&["pipeline", "workflow"], ProblemKind::Workflow);
    }
    if let Some(api) = &pipeline.api {
        match HostRule::of_base_url(api) {
            Err(error) => problems.add(&["pipeline", "api"], error),
            Ok(_) if !api.starts_with("https://") && !environment.private_addresses => {
                problems.add(&["pipeline", "api"], ProblemKind::PlainApi);
            }
            Ok(_) => {}
        }
    }
    if pipeline.token.as_ref().is_some_and(|token| !has_source(token)) {
        problems.add(&["pipeline", "token"], ProblemKind::SecretSource);
    }
    let is_file = |name: &str| !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', '\0']);
    if let Some(runbook) = &pipeline.runbook
        && (!is_file(runbook) || runbook.ends_with(".md"))
    {
        problems.add(&["pipeline", "runbook"], ProblemKind::RunbookName);
    }
}

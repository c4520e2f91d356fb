//! Checks of a gate in one of its environments: placeholders, hosts, databases.

use super::request::request_keys;
use crate::compare::Comparison;
use crate::config::{Environment, Gate};
use crate::fill::{Encoding, Values, fill};
use crate::hosts::http_url;
use crate::problem::{ProblemKind, ProblemList};
use crate::values::{sample_values, sample_values_of_programs};

/// Adds what is wrong with a gate in this environment.
pub(super) fn check_in_environment(gate: &Gate, name: &str, environment: &Environment, problems: &mut ProblemList<'_>) {
    let values = sample_values(name, environment);
    let of_programs = sample_values_of_programs(name, environment);
    let mut filled_with = |keys: &[&str], template: &str, encoding, values| match fill(template, values, encoding) {
        Ok(text) => Some(text),
        Err(error) => {
            problems.add(
                keys,
                ProblemKind::Fill {
                    environment: name.to_owned(),
                    error,
                },
            );
            None
        }
    };
    let mut filled = |keys: &[&str], template: &str, encoding| filled_with(keys, template, encoding, &values);
    if let Some(requests) = &gate.http {
        let mut urls = Vec::new();
        for (request, http) in requests.iter() {
            let keys = |keys: &[&'static str]| request_keys(request, keys);
            let url = filled(&keys(&["url"]), &http.url, Encoding::UrlComponent);
            for (header, value) in &http.headers {
                filled(&[&keys(&["headers"])[..], &[header]].concat(), value, Encoding::Plain);
            }
            if let Some(body) = &http.body {
                filled(&keys(&["body"]), body, Encoding::Plain);
            }
            urls.extend(url.map(|url| (keys(&["url"]), url)));
        }
        for (keys, url) in urls {
            check_url(&keys, &url, name, environment, problems);
        }
    } else if let Some(sql) = &gate.sql {
        for value in &sql.bind {
            filled(&["sql", "bind"], value, Encoding::Plain);
        }
        if !environment.databases.contains_key(&sql.database) {
            let (environment, database) = (name.to_owned(), sql.database.clone());
            problems.add(&["sql", "database"], ProblemKind::NoDatabase { environment, database });
        }
    } else if let Some(command) = &gate.command {
        for argument in &command.argv {
            filled(&["command", "argv"], argument, Encoding::Plain);
        }
        if let Some(folder) = &command.folder {
            filled(&["command", "folder"], folder, Encoding::Plain);
        }
        for (variable, value) in &command.env {
            filled_with(&["command", "env", variable], value, Encoding::Plain, &of_programs);
        }
    }
    check_filled_expectations(gate, name, &values, problems);
}

fn check_filled_expectations(gate: &Gate, name: &str, values: &Values, problems: &mut ProblemList<'_>) {
    for (index, expectation) in gate.expect.iter().enumerate() {
        let index = index.to_string();
        let comparisons = Comparison::all_of(expectation);
        let errors = comparisons
            .iter()
            .filter_map(|comparison| comparison.filled(values).err());
        let filters = expectation.filter.values();
        let errors = errors.chain(filters.filter_map(|text| fill(text, values, Encoding::Plain).err()));
        for error in errors.collect::<Vec<_>>() {
            problems.add(
                &["expect", &index],
                ProblemKind::Fill {
                    environment: name.to_owned(),
                    error,
                },
            );
        }
    }
}

fn check_url(keys: &[&str], text: &str, name: &str, environment: &Environment, problems: &mut ProblemList<'_>) {
    let url = match http_url(text) {
        Ok(url) => url,
        Err(error) => return problems.add(keys, error),
    };
    // Hosts that cannot be read are problems of their own, told at their own place.
    if let Ok(rules) = environment.host_rules()
        && !rules.iter().any(|rule| rule.allows(&url))
    {
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let host = format!("{}{port}", url.host_str().unwrap_or_default());
        problems.add(
            keys,
            ProblemKind::HostNotAllowed {
                environment: name.to_owned(),
                host,
            },
        );
    }
}

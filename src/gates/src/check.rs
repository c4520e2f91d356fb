//! What can be known to be wrong with a `gates.toml` before any gate runs.

use std::collections::BTreeMap;

use crate::brief::{sample_values, table_of};
use crate::compare::Comparison;
use crate::config::{Environment, Gate, GatesFile, HttpRequest, Secret, SqlQuery};
use crate::expectation::check_expectation;
use crate::fill::{Encoding, Values, fill, names};
use crate::hosts::{HostRule, http_url};
use crate::problem::{Problem, Report, Wrong};
use crate::statement::check_statement;
use holdpoint_domain::gate::GateKind;

/// Bytes that a gate may read at most, whatever it asks for.
const MOST_BYTES: u64 = 64 * 1024 * 1024;
/// Rows that a gate may read at most.
const MOST_ROWS: u64 = 1_000_000;
/// Values that the session gives; an environment declares none of these names.
const SESSION_VALUES: [&str; 3] = ["git_sha", "version", "environment"];
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

impl GatesFile {
    /// Everything that is wrong. A file without problems can still fail at run time, but not for what it says.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (name, environment) in &self.environments {
            let base = vec!["environments".to_owned(), name.clone()];
            check_environment(
                name,
                environment,
                &mut Report {
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
                &mut Report {
                    problems: &mut problems,
                    base,
                },
            );
        }
        problems
    }
}

fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

fn check_environment(name: &str, environment: &Environment, report: &mut Report<'_>) {
    let mut named = |keys: &[&str], name: &str| {
        if !is_name(name) {
            report.add(keys, Wrong::Name { name: name.to_owned() });
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
        report.add(&["title"], Wrong::NoTitle);
    }
    for (key, url) in &environment.urls {
        if let Err(error) = HostRule::of_base_url(url) {
            report.add(&["urls", key], error);
        }
    }
    for (index, host) in environment.hosts.iter().enumerate() {
        if let Err(error) = HostRule::of_host(host) {
            report.add(&["hosts", &index.to_string()], error);
        }
    }
    let sources = |secret: &Secret| match (&secret.env, &secret.file) {
        (Some(text), None) | (None, Some(text)) => !text.is_empty(),
        _ => false,
    };
    for (table, secrets) in [("databases", &environment.databases), ("secrets", &environment.secrets)] {
        for (key, _) in secrets.iter().filter(|(_, secret)| !sources(secret)) {
            report.add(&[table, key], Wrong::SecretSource);
        }
    }
    for key in environment
        .variables
        .keys()
        .filter(|key| SESSION_VALUES.contains(&key.as_str()))
    {
        report.add(&["variables", key], Wrong::ReservedVariable { name: key.clone() });
    }
    for (key, _) in environment
        .programs
        .iter()
        .filter(|(_, argv)| argv.first().is_none_or(String::is_empty))
    {
        report.add(&["programs", key], Wrong::NoProgram);
    }
}

fn check_gate(name: &str, gate: &Gate, environments: &BTreeMap<String, Environment>, report: &mut Report<'_>) {
    if !is_name(name) {
        report.add(&[], Wrong::Name { name: name.to_owned() });
    }
    if gate.title.trim().is_empty() {
        report.add(&["title"], Wrong::NoTitle);
    }
    let tables = (gate.http.is_some(), gate.sql.is_some(), gate.command.is_some());
    let right = match gate.kind {
        GateKind::Http => (true, false, false),
        GateKind::Sql => (false, true, false),
        GateKind::Command => (false, false, true),
    };
    if tables != right {
        report.add(
            &["kind"],
            Wrong::Tables {
                kind: table_of(gate.kind),
            },
        );
        return;
    }
    check_times(gate, report);
    if gate.expect.is_empty() {
        report.add(&["expect"], Wrong::NoExpectation);
    }
    for (index, expectation) in gate.expect.iter().enumerate() {
        check_expectation(&index.to_string(), expectation, gate.kind, report);
    }
    check_request(gate, report);
    for (index, name) in gate
        .environments
        .iter()
        .enumerate()
        .filter(|(_, name)| !environments.contains_key(*name))
    {
        report.add(
            &["environments", &index.to_string()],
            Wrong::NoSuchEnvironment { name: name.clone() },
        );
    }
    if environments.is_empty() {
        report.add(&[], Wrong::NoEnvironment);
    }
    for (name, environment) in environments.iter().filter(|(name, _)| gate.exists_in(name)) {
        check_in_environment(gate, name, environment, report);
    }
}

fn check_times(gate: &Gate, report: &mut Report<'_>) {
    let mut zero = |keys: &[&str], millis: u64| {
        if millis == 0 {
            report.add(keys, Wrong::ZeroTime);
        }
    };
    zero(&["timeout"], gate.timeout.millis);
    zero(&["fresh_for"], gate.fresh_for.millis);
    if let Some(poll) = &gate.poll {
        zero(&["poll", "every"], poll.every.millis);
        zero(&["poll", "until"], poll.until.millis);
    }
    if gate
        .retry
        .as_ref()
        .is_some_and(|retry| !(1..=100).contains(&retry.times))
    {
        report.add(
            &["retry", "times"],
            Wrong::Range {
                what: "the number of further tries",
                most: 100,
            },
        );
    }
    if gate.retry.is_some() && gate.poll.is_some() {
        report.add(&["retry"], Wrong::RetryAndPoll);
    }
}

/// What can be seen without knowing the environment.
fn check_request(gate: &Gate, report: &mut Report<'_>) {
    if let Some(http) = &gate.http {
        check_http(http, report);
    }
    if let Some(sql) = &gate.sql {
        check_sql(sql, report);
    }
    if let Some(command) = &gate.command {
        if command.argv.first().is_none_or(String::is_empty) {
            report.add(&["command", "argv"], Wrong::NoProgram);
        }
        if command.argv.iter().any(|argument| has_secret(argument)) {
            report.add(&["command", "argv"], Wrong::SecretArgument);
        }
        check_bytes(&["command", "max_bytes"], command.max_bytes, report);
    }
    if gate.direct {
        match &gate.http {
            Some(http) if http.method == "GET" && http.body.is_none() => {
                if has_secret(&http.url) || http.headers.values().any(|value| has_secret(value)) {
                    report.add(&["direct"], Wrong::DirectSecret);
                }
            }
            _ => report.add(&["direct"], Wrong::DirectRequest),
        }
    }
}

fn check_http(http: &HttpRequest, report: &mut Report<'_>) {
    if !METHODS.contains(&http.method.as_str()) {
        report.add(
            &["http", "method"],
            Wrong::Method {
                method: http.method.clone(),
            },
        );
    }
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    for name in http
        .headers
        .keys()
        .filter(|name| name.is_empty() || !name.bytes().all(token))
    {
        report.add(&["http", "headers", name], Wrong::HeaderName { name: name.clone() });
    }
    if http.redirects > 10 {
        report.add(
            &["http", "redirects"],
            Wrong::Range {
                what: "the number of redirects",
                most: 10,
            },
        );
    }
    check_bytes(&["http", "max_bytes"], http.max_bytes, report);
}

fn check_sql(sql: &SqlQuery, report: &mut Report<'_>) {
    match check_statement(&sql.statement) {
        Ok(used) if used != sql.bind.len() => {
            report.add(
                &["sql", "bind"],
                Wrong::Bind {
                    used,
                    bound: sql.bind.len(),
                },
            );
        }
        Ok(_) => {}
        Err(error) => report.add(&["sql", "statement"], error),
    }
    if !(1..=MOST_ROWS).contains(&sql.max_rows) {
        report.add(
            &["sql", "max_rows"],
            Wrong::Range {
                what: "the number of rows",
                most: MOST_ROWS,
            },
        );
    }
}

fn check_bytes(keys: &[&str], bytes: u64, report: &mut Report<'_>) {
    if !(1..=MOST_BYTES).contains(&bytes) {
        report.add(
            keys,
            Wrong::Range {
                what: "the number of bytes",
                most: MOST_BYTES,
            },
        );
    }
}

fn check_in_environment(gate: &Gate, name: &str, environment: &Environment, report: &mut Report<'_>) {
    let values = sample_values(name, environment);
    let mut filled = |keys: &[&str], template: &str, encoding| match fill(template, &values, encoding) {
        Ok(text) => Some(text),
        Err(error) => {
            report.add(
                keys,
                Wrong::Fill {
                    environment: name.to_owned(),
                    error,
                },
            );
            None
        }
    };
    if let Some(http) = &gate.http {
        let url = filled(&["http", "url"], &http.url, Encoding::UrlComponent);
        for (header, value) in &http.headers {
            filled(&["http", "headers", header], value, Encoding::Plain);
        }
        if let Some(body) = &http.body {
            filled(&["http", "body"], body, Encoding::Plain);
        }
        if let Some(url) = url {
            check_url(&url, name, environment, report);
        }
    } else if let Some(sql) = &gate.sql {
        for value in &sql.bind {
            filled(&["sql", "bind"], value, Encoding::Plain);
        }
        if !environment.databases.contains_key(&sql.database) && !environment.unavailable.contains_key(&sql.database) {
            let (environment, database) = (name.to_owned(), sql.database.clone());
            report.add(&["sql", "database"], Wrong::NoDatabase { environment, database });
        }
    } else if let Some(command) = &gate.command {
        for argument in &command.argv {
            filled(&["command", "argv"], argument, Encoding::Plain);
        }
        for (variable, value) in &command.env {
            filled(&["command", "env", variable], value, Encoding::Plain);
        }
        if let Some(folder) = &command.folder {
            filled(&["command", "folder"], folder, Encoding::Plain);
        }
    }
    check_filled_expectations(gate, name, &values, report);
}

fn check_filled_expectations(gate: &Gate, name: &str, values: &Values, report: &mut Report<'_>) {
    for (index, expectation) in gate.expect.iter().enumerate() {
        let index = index.to_string();
        let comparisons = Comparison::all_of(expectation);
        let errors = comparisons
            .iter()
            .filter_map(|comparison| comparison.filled(values).err());
        let filters = expectation.filter.values();
        let errors = errors.chain(filters.filter_map(|text| fill(text, values, Encoding::Plain).err()));
        for error in errors.collect::<Vec<_>>() {
            report.add(
                &["expect", &index],
                Wrong::Fill {
                    environment: name.to_owned(),
                    error,
                },
            );
        }
    }
}

fn check_url(text: &str, name: &str, environment: &Environment, report: &mut Report<'_>) {
    let url = match http_url(text) {
        Ok(url) => url,
        Err(error) => return report.add(&["http", "url"], error),
    };
    // Hosts that cannot be read are problems of their own, told at their own place.
    if let Ok(rules) = environment.host_rules()
        && !rules.iter().any(|rule| rule.allows(&url))
    {
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let host = format!("{}{port}", url.host_str().unwrap_or_default());
        report.add(
            &["http", "url"],
            Wrong::HostNotAllowed {
                environment: name.to_owned(),
                host,
            },
        );
    }
}

pub(super) fn has_secret(template: &str) -> bool {
    names(template).any(|name| name.starts_with("secret."))
}

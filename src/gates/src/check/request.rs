//! Checks of what a gate asks, as far as they need no environment.

use super::environment::check_variable;
use crate::config::{Direct, Gate, HttpRequest, HttpRequests, SqlQuery};
use crate::fill::has_secret;
use crate::problem::{ProblemKind, ProblemList, is_name};
use crate::statement::check_statement;

/// Bytes that a gate may read at most, whatever it asks for.
const MAX_BYTES: u64 = 64 * 1024 * 1024;
/// Rows that a gate may read at most.
const MAX_ROWS: u64 = 1_000_000;
/// Bytes of rows that a gate may read at most. A list in a cell takes sixteen times its text in memory.
const MAX_ROW_BYTES: u64 = 16 * 1024 * 1024;
/// Requests that a gate may make in one try.
const MAX_REQUESTS: usize = 10;
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// Adds what is wrong with a gate's request.
pub(super) fn check_request(gate: &Gate, problems: &mut ProblemList<'_>) {
    if let Some(requests) = &gate.http {
        check_names(requests, problems);
        for (name, http) in requests.iter() {
            check_http(name, http, problems);
        }
    }
    if let Some(sql) = &gate.sql {
        check_sql(sql, problems);
    }
    if let Some(command) = &gate.command {
        if command.argv.first().is_none_or(String::is_empty) {
            problems.add(&["command", "argv"], ProblemKind::NoProgram);
        }
        if command.argv.iter().any(|argument| has_secret(argument)) {
            problems.add(&["command", "argv"], ProblemKind::SecretArgument);
        }
        for name in command.env.keys() {
            check_variable(&["command", "env", name], name, problems);
        }
        if command.folder.as_deref().is_some_and(leads_outside) {
            problems.add(&["command", "folder"], ProblemKind::FolderOutside);
        }
        check_bytes(&["command", "max_bytes"], command.max_bytes, MAX_BYTES, problems);
    }
    if gate.direct == Direct::Decides && gate.auto {
        problems.add(&["auto"], ProblemKind::AutoDecides);
    }
    if gate.direct.asks() {
        match gate.http.as_ref().and_then(HttpRequests::only) {
            Some(http) if http.method == "GET" && http.body.is_none() => {
                if has_secret(&http.url) || http.headers.values().any(|value| has_secret(value)) {
                    problems.add(&["direct"], ProblemKind::DirectSecret);
                }
            }
            _ => problems.add(&["direct"], ProblemKind::DirectRequest),
        }
    }
}

fn check_names(requests: &HttpRequests, problems: &mut ProblemList<'_>) {
    let HttpRequests::Named(requests) = requests else {
        return;
    };
    if !(1..=MAX_REQUESTS).contains(&requests.len()) {
        problems.add(
            &["http"],
            ProblemKind::Range {
                what: "the number of requests",
                most: MAX_REQUESTS as u64,
            },
        );
    }
    for name in requests.keys().filter(|name| !is_name(name)) {
        problems.add(&["http", name], ProblemKind::Name { name: name.clone() });
    }
}

/// Adds a problem if an expectation does not say whose answer it looks at, or says it wrongly.
pub(super) fn check_of(
    index: &str,
    of: Option<&String>,
    requests: Option<&HttpRequests>,
    problems: &mut ProblemList<'_>,
) {
    match (of, requests) {
        (Some(name), Some(HttpRequests::Named(requests))) if !requests.contains_key(name) => {
            let (name, known) = (name.clone(), requests.keys().cloned().collect());
            problems.add(&["expect", index, "of"], ProblemKind::NoSuchRequest { name, known });
        }
        (None, Some(HttpRequests::Named(requests))) => {
            let known = requests.keys().cloned().collect();
            problems.add(&["expect", index], ProblemKind::NoRequestSaid { known });
        }
        (Some(_), Some(HttpRequests::One(_)) | None) => {
            problems.add(&["expect", index, "of"], ProblemKind::OneRequest);
        }
        _ => {}
    }
}

/// The keys from the gate to something of a request.
pub(super) fn request_keys<'a>(name: Option<&'a str>, keys: &[&'a str]) -> Vec<&'a str> {
    let to_request = ["http"].into_iter().chain(name);
    to_request.chain(keys.iter().copied()).collect()
}

fn check_http(name: Option<&str>, http: &HttpRequest, problems: &mut ProblemList<'_>) {
    if !METHODS.contains(&http.method.as_str()) {
        problems.add(
            &request_keys(name, &["method"]),
            ProblemKind::Method {
                method: http.method.clone(),
            },
        );
    }
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    for header in http
        .headers
        .keys()
        .filter(|header| header.is_empty() || !header.bytes().all(token))
    {
        problems.add(
            &request_keys(name, &["headers", header]),
            ProblemKind::HeaderName { name: header.clone() },
        );
    }
    if http.redirects > 10 {
        problems.add(
            &request_keys(name, &["redirects"]),
            ProblemKind::Range {
                what: "the number of redirects",
                most: 10,
            },
        );
    }
    check_bytes(&request_keys(name, &["max_bytes"]), http.max_bytes, MAX_BYTES, problems);
}

fn check_sql(sql: &SqlQuery, problems: &mut ProblemList<'_>) {
    match check_statement(&sql.statement) {
        Ok(used) if used != sql.bind.len() => {
            problems.add(
                &["sql", "bind"],
                ProblemKind::Bind {
                    used,
                    bound: sql.bind.len(),
                },
            );
        }
        Ok(_) => {}
        Err(error) => problems.add(&["sql", "statement"], error),
    }
    if !(1..=MAX_ROWS).contains(&sql.max_rows) {
        problems.add(
            &["sql", "max_rows"],
            ProblemKind::Range {
                what: "the number of rows",
                most: MAX_ROWS,
            },
        );
    }
    check_bytes(&["sql", "max_bytes"], sql.max_bytes, MAX_ROW_BYTES, problems);
}

fn check_bytes(keys: &[&str], bytes: u64, most: u64, problems: &mut ProblemList<'_>) {
    if !(1..=most).contains(&bytes) {
        problems.add(
            keys,
            ProblemKind::Range {
                what: "the number of bytes",
                most,
            },
        );
    }
}

/// Whether a folder climbs out of the one that it is relative to, as it is written. A value is one step of it, and where symbolic
/// links lead is seen when the gate runs.
fn leads_outside(folder: &str) -> bool {
    let mut depth = 0_i32;
    for step in folder.split('/').filter(|step| !matches!(*step, "" | ".")) {
        depth += if step == ".." { -1 } else { 1 };
        if depth < 0 {
            return true;
        }
    }
    folder.starts_with('/')
}

//! Checks of what a gate asks, as far as they need no environment.

use crate::config::{Direct, Gate, HttpRequest, SqlQuery};
use crate::fill::has_secret;
use crate::problem::{ProblemKind, ProblemList};
use crate::statement::check_statement;

/// Bytes that a gate may read at most, whatever it asks for.
const MAX_BYTES: u64 = 64 * 1024 * 1024;
/// Rows that a gate may read at most.
const MAX_ROWS: u64 = 1_000_000;
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// Adds what is wrong with a gate's request.
pub(super) fn check_request(gate: &Gate, problems: &mut ProblemList<'_>) {
    if let Some(http) = &gate.http {
        check_http(http, problems);
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
        check_bytes(&["command", "max_bytes"], command.max_bytes, problems);
    }
    if gate.direct == Direct::Decides && gate.auto {
        problems.add(&["auto"], ProblemKind::AutoDecides);
    }
    if gate.direct.asks() {
        match &gate.http {
            Some(http) if http.method == "GET" && http.body.is_none() => {
                if has_secret(&http.url) || http.headers.values().any(|value| has_secret(value)) {
                    problems.add(&["direct"], ProblemKind::DirectSecret);
                }
            }
            _ => problems.add(&["direct"], ProblemKind::DirectRequest),
        }
    }
}

fn check_http(http: &HttpRequest, problems: &mut ProblemList<'_>) {
    if !METHODS.contains(&http.method.as_str()) {
        problems.add(
            &["http", "method"],
            ProblemKind::Method {
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
        problems.add(
            &["http", "headers", name],
            ProblemKind::HeaderName { name: name.clone() },
        );
    }
    if http.redirects > 10 {
        problems.add(
            &["http", "redirects"],
            ProblemKind::Range {
                what: "the number of redirects",
                most: 10,
            },
        );
    }
    check_bytes(&["http", "max_bytes"], http.max_bytes, problems);
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
}

fn check_bytes(keys: &[&str], bytes: u64, problems: &mut ProblemList<'_>) {
    if !(1..=MAX_BYTES).contains(&bytes) {
        problems.add(
            keys,
            ProblemKind::Range {
                what: "the number of bytes",
                most: MAX_BYTES,
            },
        );
    }
}

//! Checks of what a gate asks, as far as they need no environment.

use super::environment::check_variable;
use crate::config::{Direct, Gate, HttpRequest, SqlQuery};
use crate::fill::has_secret;
use crate::problem::{ProblemKind, ProblemList};
use crate::statement::check_statement;

/// Bytes that a gate may read at most, whatever it asks for.
const MAX_BYTES: u64 = 64 * 1024 * 1024;
/// Rows that a gate may read at most.
const MAX_ROWS: u64 = 1_000_000;
/// Bytes of rows that a gate may read at most. A list in a cell takes sixteen times its text in memory.
const MAX_ROW_BYTES: u64 = 16 * 1024 * 1024;
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
    check_bytes(&["http", "max_bytes"], http.max_bytes, MAX_BYTES, problems);
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

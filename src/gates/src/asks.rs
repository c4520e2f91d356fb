//! What a gate asks, in words: for people who compare two declarations of it. Whatever its digest covers stands in these lines or
//! in the rest of the snapshot, and no secret does.

use std::collections::BTreeMap;

use crate::config::{CommandLine, Environment, Expectation, Gate, HttpRequest, HttpRequests, Secret, SqlQuery};
use crate::digest::named_values;
use holdpoint_domain::gate::{DeclaredLine, GateKind};

/// What stands in place of a value that its name says is secret, and that `gates.toml` holds nevertheless.
const NOT_SHOWN: &str = "(not shown)";

/// What the names of headers and variables have in them whose values are secret.
const SECRET_NAMES: [&str; 10] = [
    "auth",
    "cookie",
    "token",
    "secret",
    "passw",
    "credential",
    "apikey",
    "api-key",
    "api_key",
    "private",
];

struct Lines(Vec<DeclaredLine>);

impl Lines {
    fn add(&mut self, label: &str, text: impl Into<String>) {
        self.0.push(DeclaredLine {
            label: label.to_owned(),
            text: text.into(),
        });
    }
}

/// What the gate asks in the environment, line by line.
pub(super) fn asks(gate: &Gate, environment: &Environment) -> Vec<DeclaredLine> {
    let mut lines = Lines(Vec::new());
    if environment.stand_in.is_some() {
        lines.add("Answered by", "the rehearsal");
    }
    for (name, http) in gate.http.iter().flat_map(HttpRequests::iter) {
        request(&mut lines, name, http);
    }
    if let Some(sql) = &gate.sql {
        query(&mut lines, sql, environment);
    }
    if let Some(command) = &gate.command {
        program(&mut lines, command, environment);
    }
    named_values(gate, environment, |values| {
        for (name, value) in values.texts {
            lines.add("With", format!("{name} = {}", shown(name, value)));
        }
        for (name, secret) in values.secrets.into_iter().chain(values.databases) {
            lines.add("With", format!("{name}, read from {}", place(secret)));
        }
    });
    if gate.kind == GateKind::Http {
        reach(&mut lines, environment);
    }
    for expectation in gate.expect.iter().filter(|one| one.label.is_some()) {
        let label = expectation.label.as_deref().unwrap_or_default();
        lines.add("Looks at", format!("{label}: {}", without_label(expectation)));
    }
    lines.add("One try may take", gate.timeout.to_string());
    if let Some(retry) = &gate.retry {
        lines.add(
            "Asks again",
            format!(
                "{} times, each after {}, while it is inconclusive",
                retry.times, retry.pause
            ),
        );
    }
    if let Some(poll) = &gate.poll {
        lines.add(
            "Asks until it passes",
            format!("every {}, for {}", poll.every, poll.until),
        );
    }
    lines.0
}

fn request(lines: &mut Lines, name: Option<&str>, http: &HttpRequest) {
    let label = |label: &str| name.map_or_else(|| label.to_owned(), |name| format!("{name}: {label}"));
    lines.add(&label("Request"), format!("{} {}", http.method, http.url));
    for (name, value) in &http.headers {
        lines.add(&label("Headers"), format!("{name}: {}", shown(name, value)));
    }
    if let Some(body) = &http.body {
        lines.add(&label("Body"), body.clone());
    }
    lines.add(&label("Redirects followed"), http.redirects.to_string());
    lines.add(&label("Reads at most"), format!("{} bytes", http.max_bytes));
}

fn reach(lines: &mut Lines, environment: &Environment) {
    let urls = environment.urls.iter();
    for (name, url) in urls {
        lines.add("May ask", format!("{name}: {url}"));
    }
    for host in &environment.hosts {
        lines.add("May ask", host.clone());
    }
    let private = if environment.private_addresses { "yes" } else { "no" };
    lines.add("Private addresses", private);
}

fn query(lines: &mut Lines, sql: &SqlQuery, environment: &Environment) {
    let read = environment
        .databases
        .get(&sql.database)
        .map_or_else(String::new, |secret| {
            format!(", whose address is read from {}", place(secret))
        });
    lines.add("Database", format!("{}{read}", sql.database));
    lines.add("Statement", sql.statement.clone());
    for (index, value) in sql.bind.iter().enumerate() {
        lines.add("Bound values", format!("${} = {value}", index + 1));
    }
    lines.add(
        "Reads at most",
        format!("{} rows, {} bytes", sql.max_rows, sql.max_bytes),
    );
}

fn program(lines: &mut Lines, command: &CommandLine, environment: &Environment) {
    let argv: Vec<String> = command.argv.iter().map(|argument| quoted(argument)).collect();
    lines.add("Program", argv.join(" "));
    for (name, instead) in &environment.programs {
        let instead: Vec<String> = instead.iter().map(|argument| quoted(argument)).collect();
        lines.add("Run instead", format!("for {name}: {}", instead.join(" ")));
    }
    let folders = [environment.folder.as_deref(), command.folder.as_deref()];
    let folders: Vec<&str> = folders.into_iter().flatten().collect();
    if !folders.is_empty() {
        lines.add("Folder", folders.join(" / "));
    }
    // A gate's own variables go before those of the environment.
    let env: BTreeMap<_, _> = environment.env.iter().chain(&command.env).collect();
    for (name, value) in env {
        lines.add("Variables", format!("{name}={}", shown(name, value)));
    }
    lines.add("Reads at most", format!("{} bytes", command.max_bytes));
}

/// A value as it is declared, unless its name says that it is secret and it names no secret to be read elsewhere.
fn shown<'a>(name: &str, value: &'a str) -> &'a str {
    let name = name.to_ascii_lowercase();
    let is_secret = SECRET_NAMES.iter().any(|part| name.contains(part));
    let is_read_elsewhere = value.contains("{secret.") || value.contains("{database.");
    if is_secret && !is_read_elsewhere {
        NOT_SHOWN
    } else {
        value
    }
}

fn place(secret: &Secret) -> String {
    match (&secret.env, &secret.file) {
        (Some(name), _) => format!("the environment variable {name}"),
        (None, Some(file)) => format!("the file {file}"),
        (None, None) => "nowhere".to_owned(),
    }
}

fn without_label(expectation: &Expectation) -> String {
    let own = Expectation {
        label: None,
        ..expectation.clone()
    };
    own.subject()
}

/// An argument as a shell would take it, so that one with a space is told from two.
fn quoted(argument: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,{}".contains(c);
    if !argument.is_empty() && argument.chars().all(is_plain) {
        argument.to_owned()
    } else {
        format!("'{}'", argument.replace('\'', "'\\''"))
    }
}

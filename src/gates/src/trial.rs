//! What somebody must know who asks a gate outside any session.

use std::collections::BTreeSet;

use holdpoint_domain::gate::GateKind;
use serde_json::Value;

use crate::config::{Environment, Gate, GatesFile, HttpRequests};
use crate::fill::{Values, names};

impl Gate {
    /// Whether asking changes nothing, by what its kind promises: an SQL statement runs in a read-only transaction, and GET and
    /// HEAD are safe methods (RFC 9110, 9.2.1). A program may do anything.
    #[must_use]
    pub fn only_reads(&self) -> bool {
        match self.kind {
            GateKind::Sql => true,
            GateKind::Command => false,
            GateKind::Http => self
                .http
                .iter()
                .flat_map(HttpRequests::iter)
                .all(|(_, http)| matches!(http.method.as_str(), "GET" | "HEAD")),
        }
    }

    /// The placeholders for which the environment has no value, so that a session gives it: `git_sha`, `version`.
    #[must_use]
    pub fn session_names(&self, environment: &Environment) -> BTreeSet<String> {
        let mut texts = Vec::new();
        // A gate was read from TOML, so that it can be written as JSON; if it cannot, nothing is asked for, and the gate says
        // itself what it lacks.
        collect(serde_json::to_value(self).unwrap_or_default(), &mut texts);
        let known = environment.values(&Values::new());
        texts
            .iter()
            .flat_map(|text| names(text))
            .filter(|name| !name.starts_with("secret.") && *name != "environment" && !known.contains_key(*name))
            .map(str::to_owned)
            .collect()
    }
}

impl GatesFile {
    /// The same gates, each of which is asked once: without another try and without waiting until it passes.
    #[must_use]
    pub fn asked_once(mut self) -> Self {
        for gate in self.gates.values_mut() {
            gate.retry = None;
            gate.poll = None;
        }
        self
    }
}

fn collect(value: Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text),
        Value::Array(values) => values.into_iter().for_each(|value| collect(value, texts)),
        Value::Object(fields) => fields.into_iter().for_each(|(_, value)| collect(value, texts)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"
        [environments.shop]
        title = "Shop"
        urls = { api = "https://shop.example" }
        variables = { region = "north" }
        databases = { main = { env = "SHOP_DATABASE" } }
        secrets = { key = { env = "SHOP_KEY" } }

        [gates.health]
        title = "Health"
        kind = "http"
        http = { url = "{url.api}/health?region={region}" }
        poll = { every = "1s", until = "1m" }
        expect = [{ check = "json", path = "$.sha", commit = "{git_sha}" }]

        [gates.purge]
        title = "Purge"
        kind = "http"
        http = { method = "POST", url = "{url.api}/purge", headers = { key = "{secret.key}" }, body = "{\"to\":\"{version}\"}" }
        expect = [{ check = "status", equals = 200 }]

        [gates.rows]
        title = "Rows"
        kind = "sql"
        sql = { database = "main", statement = "select $1, $2", bind = ["{version}", "{environment}"] }
        retry = { times = 2, pause = "1s" }
        expect = [{ check = "rows", at_least = 1 }]

        [gates.script]
        title = "Script"
        kind = "command"
        command = { argv = ["true", "--only={git_sha}"] }
        expect = [{ check = "exit_code", equals = 0 }]
    "#;

    #[test]
    fn a_gate_says_whether_asking_changes_something_and_what_it_wants_to_know() {
        let file = GatesFile::parse(FILE).unwrap();
        let shop = &file.environments["shop"];
        let told = file.gates.iter().map(|(id, gate)| {
            let names: Vec<String> = gate.session_names(shop).into_iter().collect();
            (id.as_str(), gate.only_reads(), names.join(" "))
        });
        assert_eq!(
            told.collect::<Vec<_>>(),
            [
                ("health", true, "git_sha".to_owned()),
                ("purge", false, "version".to_owned()),
                ("rows", true, "version".to_owned()),
                ("script", false, "git_sha".to_owned()),
            ]
        );
    }

    #[test]
    fn asked_once_is_without_retry_and_poll() {
        let file = GatesFile::parse(FILE).unwrap();
        assert!(
            file.gates.values().any(|gate| gate.poll.is_some()) && file.gates.values().any(|gate| gate.retry.is_some())
        );
        let once = file.asked_once();
        assert!(
            once.gates
                .values()
                .all(|gate| gate.retry.is_none() && gate.poll.is_none())
        );
    }
}

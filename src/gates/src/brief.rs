//! What a session keeps of a gate, and what a gate expects, in words.

use crate::compare::{Comparison, words_of};
use crate::config::{Check, Environment, Expectation, Gate, GatesFile};
use crate::digest::gate_digest;
use crate::evaluate::implied;
use crate::fill::{Piece, Values, pieces};
use holdpoint_domain::gate::{GateKind, GateSnapshot};

impl GatesFile {
    /// What a session in the environment keeps of a gate. `None` when either is not declared, or the gate does not exist in
    /// the environment: the session then has a missing gate, which holds.
    #[must_use]
    pub fn brief(&self, gate_id: &str, environment: &str) -> Option<GateSnapshot> {
        let place = self.environments.get(environment)?;
        let gate = self.gates.get(gate_id).filter(|gate| gate.exists_in(environment))?;
        let direct_url = match &gate.http {
            Some(http) if gate.direct => Some(base_filled(&http.url, place)),
            _ => None,
        };
        Some(GateSnapshot {
            id: gate_id.to_owned(),
            title: gate.title.clone(),
            plain: gate.plain.clone().unwrap_or_else(|| gate.title.clone()),
            kind: gate.kind,
            auto: gate.auto,
            direct: gate.direct,
            direct_url,
            fresh_seconds: gate.fresh_for.seconds(),
            timeout_seconds: gate.poll.as_ref().map_or(gate.timeout, |poll| poll.until).seconds(),
            on_fail: gate.on_fail,
            expects: gate.expects(),
            digest: Some(gate_digest(gate, place)),
        })
    }
}

impl Gate {
    /// Whether it is one of the environment's gates.
    #[must_use]
    pub fn exists_in(&self, environment: &str) -> bool {
        self.environments.is_empty() || self.environments.iter().any(|name| name == environment)
    }

    /// What it expects, one line each, the expectations that its kind implies among them.
    #[must_use]
    pub fn expects(&self) -> Vec<String> {
        let implied = implied(&self.expect, self.kind).map(|(check, expected)| format!("{check}: {expected}"));
        implied
            .into_iter()
            .chain(self.expect.iter().map(Expectation::words))
            .collect()
    }
}

impl Expectation {
    /// What is looked at, for people: the label, or the check's own words.
    #[must_use]
    pub fn subject(&self) -> String {
        if let Some(label) = &self.label {
            return label.clone();
        }
        let named = |what: &str| format!("{what} {}", self.name.as_deref().unwrap_or("?"));
        let mut subject = match self.check {
            Check::Status => "Status".to_owned(),
            Check::Header => named("Header"),
            Check::Json => self.path.clone().unwrap_or_else(|| "JSON".to_owned()),
            Check::Body => "Body".to_owned(),
            Check::ExitCode => "Exit code".to_owned(),
            Check::Output => "Output".to_owned(),
            Check::Rows => "Rows".to_owned(),
            Check::Column => named("Column"),
            Check::Latency => "Time".to_owned(),
        };
        for (index, (column, value)) in self.filter.iter().enumerate() {
            let joint = if index == 0 { "where" } else { "and" };
            subject.push_str(&format!(" {joint} {column} = {value}"));
        }
        subject
    }

    fn words(&self) -> String {
        let expected: Vec<_> = Comparison::all_of(self).iter().map(words_of).collect();
        format!("{}: {}", self.subject(), expected.join(" and "))
    }
}

impl Environment {
    /// The values that a gate's placeholders stand for here: base URLs, variables, and what the session knows. Secrets are
    /// not among them, and a session can name neither a base URL nor a secret.
    #[must_use]
    pub fn values(&self, session: &Values) -> Values {
        let mut values = self.variables.clone();
        values.extend(
            session
                .iter()
                .filter(|(name, _)| !name.contains('.'))
                .map(|(name, value)| (name.clone(), value.clone())),
        );
        values.extend(
            self.urls
                .iter()
                .map(|(name, url)| (format!("url.{name}"), url.trim_end_matches('/').to_owned())),
        );
        values
    }
}

/// Values with which a gate's texts are tried out when the file is read.
#[must_use]
pub fn sample_values(name: &str, environment: &Environment) -> Values {
    let session = [
        ("git_sha", "0123456789abcdef0123456789abcdef01234567"),
        ("version", "v0.0.0"),
        ("environment", name),
    ];
    let session = session.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let mut values = environment.values(&session);
    values.extend(
        environment
            .secrets
            .keys()
            .map(|secret| (format!("secret.{secret}"), "sample".to_owned())),
    );
    values
}

/// The URL with its base URLs filled in, and the rest left for the session's values.
fn base_filled(template: &str, environment: &Environment) -> String {
    let bases = environment.values(&Values::new());
    let filled = pieces(template).into_iter().map(|piece| match piece {
        Piece::Text(text) => text.to_owned(),
        Piece::Name(name) => match bases.get(name) {
            Some(url) if name.starts_with("url.") => url.clone(),
            _ => format!("{{{name}}}"),
        },
    });
    filled.collect()
}

/// The word for a kind in sentences.
#[must_use]
pub(super) fn table_of(kind: GateKind) -> &'static str {
    match kind {
        GateKind::Http => "http",
        GateKind::Sql => "sql",
        GateKind::Command => "command",
    }
}

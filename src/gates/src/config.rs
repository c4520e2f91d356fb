//! `gates.toml`: environments and gates, as declared. See `docs/RUNBOOK-FORMAT.md` for the format in prose.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::duration::HumanDuration;
pub use crate::pipeline::{Pipeline, RepositoryName};
use crate::requests::one_mebibyte;
pub use crate::requests::{HttpRequest, HttpRequests};
use holdpoint_domain::gate::GateKind;
use holdpoint_domain::runbook::OnFail;

/// A whole `gates.toml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GatesFile {
    /// Where gates may ask, by name: `dev`, `prod`, `rehearsal`.
    #[serde(default)]
    pub environments: BTreeMap<String, Environment>,
    /// What is asked, by name.
    #[serde(default)]
    pub gates: BTreeMap<String, Gate>,
}

/// Where gates may ask. It names secrets and never holds them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// For people: `Production`.
    pub title: String,
    /// Marked in red on every page.
    #[serde(default)]
    pub production: bool,
    /// Sessions here are rehearsals, and everything about them says so. Offered with `--rehearsal` only.
    #[serde(default)]
    pub rehearsal: bool,
    /// Where the released commits can be looked at: `https://github.com/org/name`. Only linked to, and never asked.
    #[serde(default)]
    pub repository: Option<String>,
    /// Base URLs by name, used in gates as `{url.api}`. Their hosts are the only ones that HTTP gates may ask.
    #[serde(default)]
    pub urls: BTreeMap<String, String>,
    /// Further hosts (`name` or `name:port`) that HTTP gates may ask or be redirected to.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// HTTP gates may reach loopback and private addresses. Otherwise an allowed host that resolves to one is refused.
    #[serde(default)]
    pub private_addresses: bool,
    /// Databases by name: where each connection string is to be read.
    #[serde(default)]
    pub databases: BTreeMap<String, Secret>,
    /// Variables, used in gates as `{name}` and in runbooks as `{{name}}`. Not secret.
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
    /// Secrets by name, used in gates as `{secret.name}`.
    #[serde(default)]
    pub secrets: BTreeMap<String, Secret>,
    /// The folder that command gates run in, against which their own `folder` is taken. Relative to `gates.toml`.
    #[serde(default)]
    pub folder: Option<String>,
    /// The environment of every command gate's program here, besides `PATH`; a gate's own `env` goes before it. `{…}` are filled
    /// in, and `{database.NAME}` is a connection string.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Programs, with leading arguments, to run instead of those that a gate names: `{ "python" = ["./stand-ins/python"] }`.
    #[serde(default)]
    pub programs: BTreeMap<String, Vec<String>>,
    /// The pipeline whose runs the watch page shows beside a release. It decides nothing.
    #[serde(default)]
    pub pipeline: Option<Pipeline>,
    /// The base URL of the rehearsal's server, where a rehearsal answers for everything that this environment names. Never
    /// read from the file.
    #[serde(skip)]
    pub stand_in: Option<String>,
}

/// Where a secret is to be read: exactly one of the two.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secret {
    /// An environment variable of the proxy.
    #[serde(default)]
    pub env: Option<String>,
    /// A file; a final newline is not part of the secret. Relative to `gates.toml`.
    #[serde(default)]
    pub file: Option<String>,
}

/// A question to a system, and what must be true of the answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// For captains: `Database contract`.
    pub title: String,
    /// For executives. The title when absent.
    #[serde(default)]
    pub plain: Option<String>,
    /// How it asks; decides which of `http`, `sql` and `command` must be there.
    pub kind: GateKind,
    /// The request of an HTTP gate, or its requests by name.
    #[serde(default)]
    pub http: Option<HttpRequests>,
    /// The statement of an SQL gate.
    #[serde(default)]
    pub sql: Option<SqlQuery>,
    /// The program of a command gate.
    #[serde(default)]
    pub command: Option<CommandLine>,
    /// Time that one try may take: `"10s"`, `"2m"`.
    #[serde(default = "ten_seconds")]
    pub timeout: HumanDuration,
    /// Asks again after passing faults: only *inconclusive* is tried again, never *fail*.
    #[serde(default)]
    pub retry: Option<Retry>,
    /// Asks again and again until it passes or the time is over; the last answer is the verdict.
    #[serde(default)]
    pub poll: Option<Poll>,
    /// How long its evidence stays fresh.
    #[serde(default = "ten_minutes")]
    pub fresh_for: HumanDuration,
    /// It runs by itself when its step becomes current.
    #[serde(default)]
    pub auto: bool,
    /// HTTP GET gates without secrets only: the browser asks too.
    #[serde(default)]
    pub direct: Direct,
    /// What the runbook advises when it fails; the step's own `on_fail` goes before it. `stop` when absent.
    #[serde(default = "stop")]
    pub on_fail: OnFail,
    /// Environments in which it exists; all when empty.
    #[serde(default)]
    pub environments: Vec<String>,
    /// What must be true of the answer. Never empty.
    pub expect: Vec<Expectation>,
}

/// Whether the captain's browser asks, and what comes of it. In TOML `false`, `true` and `"decides"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direct {
    /// Only the proxy asks.
    #[default]
    No,
    /// The browser asks too. What it sees starts the proxy's own run, and holds when it fails; it ticks nothing.
    Shown,
    /// Only the browser asks, because the proxy cannot reach the service. What it sees ticks.
    Decides,
}

impl Direct {
    /// Whether the browser asks.
    #[must_use]
    pub fn asks(self) -> bool {
        self != Self::No
    }
}

impl Serialize for Direct {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::No => to.serialize_bool(false),
            Self::Shown => to.serialize_bool(true),
            Self::Decides => to.serialize_str("decides"),
        }
    }
}

impl<'de> Deserialize<'de> for Direct {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Word;
        impl Visitor<'_> for Word {
            type Value = Direct;

            fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                to.write_str("true, false or \"decides\"")
            }

            fn visit_bool<E: de::Error>(self, asks: bool) -> Result<Direct, E> {
                Ok(if asks { Direct::Shown } else { Direct::No })
            }

            fn visit_str<E: de::Error>(self, word: &str) -> Result<Direct, E> {
                match word {
                    "decides" => Ok(Direct::Decides),
                    _ => Err(E::invalid_value(Unexpected::Str(word), &self)),
                }
            }
        }
        from.deserialize_any(Word)
    }
}

impl Gate {
    /// Whether it is one of the environment's gates.
    #[must_use]
    pub fn exists_in(&self, environment: &str) -> bool {
        self.environments.is_empty() || self.environments.iter().any(|name| name == environment)
    }
}

/// The statement of an SQL gate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SqlQuery {
    /// The name of a database of the environment.
    pub database: String,
    /// One statement. `$1`, `$2`, … are bound from `bind`; `{…}` is not filled in here.
    pub statement: String,
    /// Values to bind, as text (cast in the statement: `$1::int`). `{…}` are filled in.
    #[serde(default)]
    pub bind: Vec<String>,
    /// Rows that are read; more rows are inconclusive.
    #[serde(default = "thousand")]
    pub max_rows: u64,
    /// Bytes of the answer that are read, as the database sends it; more is inconclusive.
    // Left out where it is the usual one, because digests of gates that were made before there was this key must stay the same.
    #[serde(default = "one_mebibyte", skip_serializing_if = "is_one_mebibyte")]
    pub max_bytes: u64,
}

/// The program of a command gate. There is no shell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommandLine {
    /// Program and arguments. `{…}` are filled in, each within its own argument.
    pub argv: Vec<String>,
    /// The folder to run in, relative to the environment's and within it.
    #[serde(default)]
    pub folder: Option<String>,
    /// The program's whole environment, besides `PATH` and the environment's `env`: `{ DEPLOY_MODE = "{mode}" }`. `{…}` are filled
    /// in, and `{database.NAME}` is a connection string.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Bytes of output (both streams together) that are read; more is inconclusive.
    #[serde(default = "one_mebibyte")]
    pub max_bytes: u64,
}

/// Tries again when a try was inconclusive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retry {
    /// Further tries.
    pub times: u32,
    /// Time between two tries.
    pub pause: HumanDuration,
}

/// Asks until it passes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Poll {
    /// Time between two tries.
    pub every: HumanDuration,
    /// Time for all of it.
    pub until: HumanDuration,
}

/// One thing that must be true of the answer: what is looked at, and exactly one comparison.
///
/// ```toml
/// expect = [
///   { check = "status", equals = 200 },
///   { check = "header", name = "content-type", contains = "application/json" },
///   { check = "json", path = "$.database.ok", equals = true },
///   { check = "json", path = "$.git_sha", commit = "{git_sha}" },
///   { check = "body", matches = "ready" },
///   { check = "exit_code", equals = 0 },
///   { check = "output", contains = "0 failed" },
///   { check = "rows", at_least = 1 },
///   { check = "column", name = "status", equals = "running" },   # in every row, and there must be one
///   { check = "column", name = "status", where = { service = "mailer" }, equals = "running" },
///   { check = "latency", below = "500ms" },
///   { of = "version", check = "json", path = "$.git_sha", commit = "{git_sha}" },
/// ]
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// Which request's answer is looked at, by its name. Only where the gate makes several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// What is looked at.
    pub check: Check,
    /// What the captain reads instead of the check's own words.
    #[serde(default)]
    pub label: Option<String>,
    /// A header's or a column's name.
    #[serde(default)]
    pub name: Option<String>,
    /// A JSONPath (RFC 9535). It must select exactly one value, except with `count_equals`.
    #[serde(default)]
    pub path: Option<String>,
    /// For columns: only the rows in which these columns have these values (as text); there must be one at least.
    #[serde(default, rename = "where")]
    pub filter: BTreeMap<String, String>,
    /// For exit codes: those with which the program says that it could not look: a failed connection, a wrong argument.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inconclusive: Vec<i32>,
    /// Equal, and of the same type: `"1"` is not `1`. Text is filled in.
    #[serde(default)]
    pub equals: Option<serde_json::Value>,
    /// Not equal.
    #[serde(default)]
    pub not_equals: Option<serde_json::Value>,
    /// One of these.
    #[serde(default)]
    pub one_of: Option<Vec<serde_json::Value>>,
    /// The text contains this.
    #[serde(default)]
    pub contains: Option<String>,
    /// The text does not contain this.
    #[serde(default)]
    pub not_contains: Option<String>,
    /// The text matches this regular expression somewhere.
    #[serde(default)]
    pub matches: Option<String>,
    /// A number, at least.
    #[serde(default)]
    pub at_least: Option<serde_json::Number>,
    /// A number, at most.
    #[serde(default)]
    pub at_most: Option<serde_json::Number>,
    /// For latency: below this span.
    #[serde(default)]
    pub below: Option<HumanDuration>,
    /// The same git commit: the shorter hash begins the longer one, both hexadecimal, the shorter one 7 digits at least.
    #[serde(default)]
    pub commit: Option<String>,
    /// The path selects this many values.
    #[serde(default)]
    pub count_equals: Option<u64>,
}

/// What an expectation looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// The HTTP status.
    Status,
    /// An HTTP header.
    Header,
    /// A value of the JSON body or of a command's standard output that is JSON.
    Json,
    /// The body as text.
    Body,
    /// The exit code of a command.
    ExitCode,
    /// The output of a command, both streams in the order they came.
    Output,
    /// The number of rows.
    Rows,
    /// A column, in every row.
    Column,
    /// The time that the answer took.
    Latency,
}

fn stop() -> OnFail {
    OnFail::Stop
}
fn ten_seconds() -> HumanDuration {
    HumanDuration::from_millis(10_000)
}
fn ten_minutes() -> HumanDuration {
    HumanDuration::from_millis(600_000)
}
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_one_mebibyte(bytes: &u64) -> bool {
    *bytes == one_mebibyte()
}
fn thousand() -> u64 {
    1000
}

//! Gates as a session knows them, and their verdicts.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

mod declared;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::runbook::OnFail;

pub use declared::{ComparedLine, DeclaredLine, compare_declarations};

/// The outcome of a gate, or of one of its expectations. Only a pass ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Outcome {
    /// Compared, and held.
    Pass,
    /// Compared, and did not hold.
    Fail,
    /// Could not be compared: no answer, an unreadable one, one over the cap, a lost runner.
    Inconclusive,
}

/// One expectation, compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckResult {
    /// What was looked at: `Status`, `$.db_connected`, `Exit code`, `Rows`.
    pub check: String,
    /// What had to be: `200`, `true`, `at least 1`.
    pub expected: String,
    /// What was: `503`, `false`, `no answer`. Redacted and shortened.
    pub observed: String,
    /// Whether it held.
    pub outcome: Outcome,
}

/// Who saw what the verdict judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Source {
    /// The proxy asked.
    Proxy,
    /// The captain's browser asked; the proxy judged what the browser said that it saw.
    Browser,
}

/// Evidence: the verdict with its time, its source and its (redacted) output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Verdict {
    pub outcome: Outcome,
    /// One sentence for people: what failed, or what passed.
    pub summary: String,
    /// Every expectation, compared, in the order of the gate.
    pub checks: Vec<CheckResult>,
    /// Who saw it.
    pub source: Source,
    /// When the gate was started.
    pub started: DateTime<Utc>,
    /// When its verdict was reached. Its freshness counts from here.
    pub finished: DateTime<Utc>,
    /// How many times it was tried, retries and polls included.
    pub attempts: u32,
    /// What was asked, redacted: `GET https://api.example/health`, the statement, the argv.
    pub request: String,
    /// The answer's body, rows or output, redacted, at most [`OUTPUT_KEPT`] bytes.
    pub output: String,
    /// How many bytes there were in all.
    pub output_bytes: u64,
    /// [`GateSnapshot::digest`] of the gate as it was declared when it was asked, so that a later reader knows which question it
    /// was and which expectations were compared. Empty when the gate or its environment was not declared.
    pub gate_digest: String,
}

impl Verdict {
    /// Whether it is a real pass: it says so, and so does every expectation, and there is one at least.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.outcome == Outcome::Pass
            && !self.checks.is_empty()
            && self.checks.iter().all(|check| check.outcome == Outcome::Pass)
    }
}

/// Bytes of output that a verdict keeps.
pub const OUTPUT_KEPT: usize = 16 * 1024;

/// The kind of a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum GateKind {
    /// An HTTP request.
    Http,
    /// One SQL statement in a read-only transaction.
    Sql,
    /// A program, without a shell.
    Command,
}

impl GateKind {
    /// As `gates.toml` and JSON write it, and the name of the table that declares what such a gate asks: `http`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Sql => "sql",
            Self::Command => "command",
        }
    }
}

/// What a session and the page need to know of a gate. The session keeps it from its start, so that rules stay pure and a
/// change of `gates.toml` in mid-session changes no decision already made. Only a person takes a later one in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GateSnapshot {
    /// Its name in `gates.toml`.
    pub id: String,
    /// For captains: `Database contract`.
    pub title: String,
    /// For executives: `The database and the new code agree`.
    pub plain: String,
    pub kind: GateKind,
    /// It runs by itself when its step becomes current.
    pub auto: bool,
    /// The browser also asks. What it sees ticks nothing: the proxy asks itself, and what fails holds.
    pub direct: bool,
    /// Only the browser asks, because the proxy cannot reach it: what it sees ticks and holds, and the step rests on a browser's
    /// word (`direct = "decides"`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub direct_decides: bool,
    /// For `direct` gates: the URL that the browser asks, in the session's environment, variables not yet filled in. In a
    /// rehearsal it is one of the proxy's, without scheme and host, with `{session}` for the session's id.
    pub direct_url: Option<String>,
    /// One of its expectations compares the answer with the commit or the version of the release.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub compares_release: bool,
    /// Seconds after which its evidence is stale.
    pub fresh_seconds: u64,
    /// Seconds that one try may take.
    pub timeout_seconds: u64,
    /// What to do when it fails; the step's own word goes before it.
    pub on_fail: OnFail,
    /// What it expects, in words, one line each.
    pub expects: Vec<String>,
    /// What it asks in the session's environment, in words and without a secret: for people who compare two declarations. Empty
    /// where it is not told, as in lists of gates and in the logs of versions that did not keep it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asks: Vec<DeclaredLine>,
    /// SHA-256 (hex) of everything that decides what it asks in the session's environment, and what it expects. The proxy
    /// counts no answer to another gate of the same name. Absent in the logs of versions that did not have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

impl GateSnapshot {
    /// Whether a pass of the gate says that the release answers: it compares the answer with the release, and does not name the
    /// release in what it asks. A tag or a build can be asked for by the release's name long before anything of it is live.
    #[must_use]
    pub fn sees_release(&self) -> bool {
        let names = |text: &str| text.contains("{git_sha}") || text.contains("{version}");
        // The logs of versions that did not keep what a gate asks do not tell.
        self.compares_release && !self.asks.is_empty() && !self.asks.iter().any(|line| names(&line.text))
    }
}

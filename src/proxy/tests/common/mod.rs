//! Runners for a few lines of `gates.toml`.

use std::path::Path;
use std::sync::Arc;

use holdpoint::config::Config;
use holdpoint::runner::{Progress, RunRequest, Runner};
use holdpoint_domain::gate::{Outcome, Verdict};
use holdpoint_gates::config::GatesFile;
use holdpoint_tests::{Answer, TestPostgres, TestServer};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// The environment's secret, which `secrets.token` reads from a file.
pub const TOKEN: &str = "t0k3n/with+odd\"chars";

/// The password in [`database_url`]. The cluster trusts everybody, and never asks for it.
pub const PASSWORD: &str = "pa55 w0rd&more";

/// A server that gives these answers, one for each request, and the last one again and again.
pub async fn serving(answers: impl IntoIterator<Item = Answer>) -> TestServer {
    TestServer::answering(answers).await.expect("a server")
}

/// A cluster in whose database `postgres` these statements were run.
pub async fn database_with(statements: &str) -> TestPostgres {
    let cluster = TestPostgres::start().await.expect("a cluster");
    cluster.sql("postgres", statements).expect("the test's own SQL");
    cluster
}

/// The connection string of that database, with [`PASSWORD`] in it.
pub fn database_url(cluster: &TestPostgres) -> String {
    let password = PASSWORD.replace(' ', "%20").replace('&', "%26");
    cluster.url_as(&format!("postgres:{password}"), "postgres")
}

/// A runner over a `gates.toml` of its own, in a folder of its own.
pub struct Bench {
    pub dir: tempfile::TempDir,
    pub runner: Runner,
}

impl Bench {
    /// `gates` follow an environment `test` with the base URL `api`, the database `main` and the secret `token`.
    pub fn new(api: &str, database: &str, gates: &str) -> Self {
        Self::with_environment(
            &format!("urls = {{ api = \"{api}\" }}\nprivate_addresses = true"),
            database,
            gates,
        )
    }

    pub fn with_environment(environment: &str, database: &str, gates: &str) -> Self {
        let dir = tempfile::tempdir().expect("a folder for gates.toml");
        std::fs::write(dir.path().join("token"), format!("{TOKEN}\n")).expect("the secret's file");
        std::fs::write(dir.path().join("database"), database).expect("the database's file");
        let text = format!(
            "[environments.test]\ntitle = \"Test\"\n{environment}\ndatabases = {{ main = {{ file = \"database\" }} }}\n\
             secrets = {{ token = {{ file = \"token\" }}, missing = {{ file = \"missing\" }} }}\n\
             variables = {{ mode = \"strict\" }}\n\n[environments.other]\ntitle = \"Other\"\n\n{gates}"
        );
        std::fs::write(dir.path().join("gates.toml"), &text).expect("gates.toml");
        let config = Config::load(dir.path()).unwrap_or_else(|error| panic!("{error}\n{text}"));
        Self {
            runner: Runner::new(Arc::new(config)).expect("a runner"),
            dir,
        }
    }

    /// The same bench, with its programs under the guard that `holdpoint serve` puts them under.
    pub fn guarded(mut self) -> Self {
        self.runner = self.runner.guarded(env!("CARGO_BIN_EXE_holdpoint").into());
        self
    }

    /// A runner that skips the checks of the file's reading, to see that the runner has its own.
    pub fn unchecked(dir: &Path, file: GatesFile) -> Runner {
        let config = Config {
            dir: dir.to_owned(),
            gates: file,
        };
        Runner::new(Arc::new(config)).expect("a runner")
    }

    pub async fn run(&self, gate: &str) -> Verdict {
        self.run_shown(gate).await.0
    }

    /// Runs a gate, and gives everything that was shown meanwhile too.
    pub async fn run_shown(&self, gate: &str) -> (Verdict, Vec<Progress>) {
        let (progress, mut shown) = mpsc::channel(1024);
        let verdict = self.runner.run(request(gate), progress, CancellationToken::new()).await;
        let mut all = Vec::new();
        while let Some(progress) = shown.recv().await {
            all.push(progress);
        }
        (verdict, all)
    }
}

pub fn request(gate: &str) -> RunRequest {
    let values = [("git_sha", "a1b2c3d4e5f6"), ("version", "v1.4.2"), ("mode", "strict")];
    let values = values.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    RunRequest {
        gate: gate.to_owned(),
        environment: "test".to_owned(),
        values,
    }
}

/// A gate that exists in the environment `test` only.
pub fn gate(name: &str, kind: &str, body: &str) -> String {
    format!("[gates.{name}]\ntitle = \"{name}\"\nkind = \"{kind}\"\nenvironments = [\"test\"]\n{body}\n\n")
}

/// The verdict's outcome, and that its words tell why.
#[track_caller]
pub fn assert_verdict(verdict: &Verdict, outcome: Outcome, words: &str) {
    let all = format!("{}\n{:?}", verdict.summary, verdict.checks);
    assert_eq!(verdict.outcome, outcome, "{all}\n{}", verdict.output);
    assert!(all.contains(words), "should say “{words}”: {all}");
    assert!(!verdict.summary.is_empty());
    let holds = verdict.checks.iter().all(|check| check.outcome == Outcome::Pass) && !verdict.checks.is_empty();
    assert!(
        verdict.outcome != Outcome::Pass || holds,
        "a pass without every check having passed: {all}"
    );
}

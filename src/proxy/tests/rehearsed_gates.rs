//! Every shipped gate, run by the proxy's own runner and with real processes against a rehearsal.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use holdpoint::config::Config;
use holdpoint::rehearsal::Rehearsal;
use holdpoint::runner::{RunRequest, Runner};
use holdpoint_domain::gate::{CheckResult, Outcome, Verdict};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

const GIT_SHA: &str = "c0ffee11d00d22f00d33beef44cafe55babe6677";
const VERSION: &str = "v2.0.1";

struct Rehearsed {
    rehearsal: Rehearsal,
    runner: Runner,
    gates: Vec<String>,
}

impl Rehearsed {
    async fn start(folder: &Path) -> Self {
        // Whichever test comes first installs it; the others find it there.
        rustls::crypto::ring::default_provider().install_default().ok();
        let rehearsal = Rehearsal::start(folder).await.expect("the rehearsal starts");
        rehearsal.set_release(GIT_SHA, VERSION).await;
        let runbooks = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../runbooks");
        let mut config = Config::load(&runbooks).expect("the shipped runbooks can be read");
        let environment = config.gates.environments.get_mut("rehearsal").expect("it is shipped");
        rehearsal.apply(environment);
        // Here, the running program is this test, which stands in for nothing.
        for program in environment.programs.values_mut() {
            program[0] = env!("CARGO_BIN_EXE_holdpoint").to_owned();
        }
        let mut gates: Vec<_> = config.gates.gates.keys().cloned().collect();
        // What looks for the golden path's traces comes after it.
        gates.sort_by_key(|id| id != "golden-path");
        let runner = Runner::new(Arc::new(config)).expect("a runner can be made");
        Self {
            rehearsal,
            runner,
            gates,
        }
    }

    async fn run(&self, gate: &str) -> Verdict {
        let request = RunRequest {
            gate: gate.to_owned(),
            environment: "rehearsal".to_owned(),
            values: BTreeMap::from([
                ("git_sha".to_owned(), GIT_SHA.to_owned()),
                ("version".to_owned(), VERSION.to_owned()),
            ]),
        };
        let (progress, mut told) = mpsc::channel(64);
        let listening = tokio::spawn(async move { while told.recv().await.is_some() {} });
        let verdict = self.runner.run(request, progress, CancellationToken::new()).await;
        listening.await.expect("the listener only listens");
        verdict
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_shipped_gate_passes_when_all_is_well() {
    let folder = tempfile::tempdir().expect("a folder");
    let rehearsed = Rehearsed::start(folder.path()).await;
    let shipped = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../runbooks/gates.toml"));
    let shipped: toml::Table = shipped.expect("the shipped gates").parse().expect("TOML");
    let shipped: Vec<&String> = shipped["gates"].as_table().expect("gates").keys().collect();
    assert!(!shipped.is_empty() && shipped.iter().all(|gate| rehearsed.gates.contains(gate)));
    let mut held = Vec::new();
    for gate in &rehearsed.gates {
        let verdict = rehearsed.run(gate).await;
        let passed = |check: &CheckResult| check.outcome == Outcome::Pass && !check.observed.is_empty();
        if verdict.outcome != Outcome::Pass || verdict.checks.is_empty() || !verdict.checks.iter().all(passed) {
            held.push(format!(
                "{gate}: {:?}: {}\n{}",
                verdict.outcome, verdict.summary, verdict.output
            ));
        }
    }
    assert!(
        held.is_empty(),
        "these gates hold without a reason:\n{}",
        held.join("\n")
    );
    rehearsed.rehearsal.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_of_each_kind_is_failed_with_what_was_seen() {
    let folder = tempfile::tempdir().expect("a folder");
    let rehearsed = Rehearsed::start(folder.path()).await;
    // Fault, gate, outcome, and what the captain reads.
    let cases = [
        ("api_down", "api-ready", Outcome::Inconclusive, "No answer"),
        ("api_503", "api-ready", Outcome::Fail, "503"),
        ("malformed_answer", "api-ready", Outcome::Inconclusive, "not JSON"),
        ("wrong_sha", "api-sha", Outcome::Fail, "0ddba11"),
        ("db_disconnected", "intake-health", Outcome::Fail, "degraded"),
        ("ci_failed", "ci-dragonfly", Outcome::Fail, "failure"),
        ("overloaded_rpc", "rpc-canonical", Outcome::Fail, "2"),
        ("dangerous_grant", "ops-schema-locked", Outcome::Fail, "anon"),
        ("worker_crash_loop", "no-orphaned-jobs", Outcome::Fail, "1"),
        (
            "command_fails_contract",
            "verify-db-contract",
            Outcome::Fail,
            "Exit code: 1",
        ),
        ("command_fails_preflight", "preflight", Outcome::Fail, "Exit code: 1"),
    ];
    for (fault, gate, outcome, seen) in cases {
        rehearsed
            .rehearsal
            .set_fault(fault, true)
            .await
            .expect("the fault is switched on");
        let verdict = rehearsed.run(gate).await;
        assert_eq!(verdict.outcome, outcome, "{gate} with {fault}: {}", verdict.summary);
        assert!(
            verdict.summary.contains(seen),
            "{gate} with {fault}: {}",
            verdict.summary
        );
        rehearsed
            .rehearsal
            .set_fault(fault, false)
            .await
            .expect("the fault is switched off");
    }
    rehearsed.rehearsal.stop().await;
}

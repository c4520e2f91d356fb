//! The shipped gates: all pass without a fault, and each fault is seen by its gates and by no others.

use std::collections::BTreeMap;
use std::path::PathBuf;

use futures::StreamExt;
use holdpoint::runner::Progress;
use holdpoint_domain::gate::Outcome::{self, Fail, Inconclusive};
use holdpoint_gates::HumanDuration;

use super::{Rehearsed, hurry};

/// Every named fault with the gates that hold while it is on, and how. Every other gate passes.
const SEEN: [(&str, &[(&str, Outcome)]); 19] = [
    (
        "api_down",
        &[
            ("api-alive", Inconclusive),
            ("api-health", Inconclusive),
            ("api-ready", Inconclusive),
            ("api-sha", Inconclusive),
            ("api-up", Inconclusive),
            ("intake-health", Inconclusive),
            ("golden-path", Fail),
            ("smoke", Fail),
        ],
    ),
    (
        "api_503",
        &[
            ("api-alive", Fail),
            ("api-health", Fail),
            ("api-ready", Fail),
            ("api-sha", Fail),
            ("api-up", Fail),
            ("intake-health", Fail),
            ("golden-path", Fail),
            ("smoke", Fail),
        ],
    ),
    (
        "api_slow",
        &[
            ("api-alive", Inconclusive),
            ("api-health", Inconclusive),
            ("api-ready", Inconclusive),
            ("api-sha", Inconclusive),
            ("api-up", Inconclusive),
            ("intake-health", Inconclusive),
            ("golden-path", Fail),
            ("smoke", Fail),
        ],
    ),
    (
        "malformed_answer",
        &[
            ("api-alive", Inconclusive),
            ("api-health", Inconclusive),
            ("api-ready", Inconclusive),
            ("api-sha", Inconclusive),
            ("api-up", Inconclusive),
            ("intake-health", Inconclusive),
            ("golden-path", Fail),
            ("smoke", Fail),
        ],
    ),
    ("wrong_sha", &[("api-health", Fail), ("api-sha", Fail)]),
    (
        "db_disconnected",
        &[
            ("api-health", Fail),
            ("api-ready", Fail),
            ("api-up", Fail),
            ("intake-health", Fail),
            ("golden-path", Fail),
            ("smoke", Fail),
        ],
    ),
    ("ci_failed", &[("ci-dragonfly", Fail)]),
    (
        "stale_heartbeat",
        &[
            ("heartbeat-ingest", Fail),
            ("worker-heartbeats", Fail),
            ("worker-running", Fail),
        ],
    ),
    (
        "overloaded_rpc",
        &[
            ("rpc-canonical", Fail),
            ("rpc-signatures", Fail),
            ("verify-db-contract", Fail),
        ],
    ),
    (
        "dangerous_grant",
        &[
            ("no-dangerous-grants", Fail),
            ("ops-schema-locked", Fail),
            ("security-audit", Fail),
        ],
    ),
    (
        "worker_crash_loop",
        &[
            ("golden-batch", Fail),
            ("golden-job", Fail),
            ("golden-path", Fail),
            ("golden-rows", Fail),
            ("heartbeat-ingest", Fail),
            ("no-orphaned-jobs", Fail),
            ("smoke", Fail),
            ("worker-heartbeats", Fail),
            ("worker-running", Fail),
        ],
    ),
    (
        "command_fails_preflight",
        &[("preflight", Fail), ("preflight-prod", Fail)],
    ),
    ("command_fails_migrations", &[("migration-status", Fail)]),
    ("command_fails_contract", &[("verify-db-contract", Fail)]),
    ("command_fails_smoke", &[("smoke", Fail)]),
    ("command_fails_golden_path", &[("golden-path", Fail)]),
    ("command_fails_tests", &[("rpc-contract-tests", Fail), ("tests", Fail)]),
    (
        "command_fails_doctor",
        &[
            ("doctor", Fail),
            ("doctor-all", Fail),
            ("doctor-all-dev", Fail),
            ("doctor-dev", Fail),
            ("prod-gate-dev", Fail),
            ("prod-gate-strict", Fail),
        ],
    ),
    ("command_fails_build", &[("dashboard-build", Fail)]),
];

async fn shipped() -> Rehearsed {
    let runbooks = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../runbooks");
    // Longer than the longest stand-in prints, and shorter than the slow API takes.
    Rehearsed::start(&runbooks, hurry(HumanDuration::from_millis(4000))).await
}

/// The gates that do not pass, with their outcome and what a person reads.
async fn holding(rehearsed: &Rehearsed) -> BTreeMap<String, (Outcome, String)> {
    let runs = rehearsed.gates.gates.keys().map(|gate| async move {
        let verdict = rehearsed.run(gate).await;
        (gate.clone(), verdict)
    });
    let verdicts: Vec<_> = futures::stream::iter(runs).buffer_unordered(8).collect().await;
    verdicts
        .into_iter()
        .filter(|(_, verdict)| !verdict.passes())
        .map(|(gate, verdict)| {
            (
                gate,
                (verdict.outcome, format!("{}\n{}", verdict.summary, verdict.output)),
            )
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_is_seen_by_its_gates_and_by_no_others() {
    let rehearsed = shipped().await;
    assert_eq!(rehearsed.gates.gates.len(), 51);
    assert_eq!(rehearsed.rehearsal.remarks(), [""; 0]);
    assert_eq!(
        holding(&rehearsed).await,
        BTreeMap::new(),
        "without a fault every gate passes"
    );

    let named = rehearsed
        .rehearsal
        .faults()
        .into_iter()
        .filter(|fault| fault.gate.is_none());
    assert_eq!(
        named.map(|fault| fault.id).collect::<Vec<_>>(),
        SEEN.map(|(fault, _)| fault)
    );
    for (fault, seen) in SEEN {
        rehearsed.switch(fault, true).await;
        let held = holding(&rehearsed).await;
        let outcomes: BTreeMap<_, _> = held
            .iter()
            .map(|(gate, (outcome, _))| (gate.as_str(), *outcome))
            .collect();
        assert_eq!(outcomes, seen.iter().copied().collect(), "with {fault}: {held:#?}");
        rehearsed.switch(fault, false).await;
    }
    assert_eq!(
        holding(&rehearsed).await,
        BTreeMap::new(),
        "and every gate passes again"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_fault_does_is_said_in_words() {
    let rehearsed = shipped().await;
    for (fault, gate, said) in [
        ("api_503", "api-ready", "503"),
        ("wrong_sha", "api-sha", "0ddba11"),
        ("db_disconnected", "intake-health", "degraded"),
        ("ci_failed", "ci-dragonfly", "failure"),
        ("overloaded_rpc", "rpc-canonical", "2"),
        ("dangerous_grant", "ops-schema-locked", "anon"),
        ("worker_crash_loop", "no-orphaned-jobs", "1"),
        ("command_fails_contract", "verify-db-contract", "1"),
        ("command_fails_preflight", "preflight", "1"),
    ] {
        rehearsed.switch(fault, true).await;
        let verdict = rehearsed.run(gate).await;
        assert_eq!(verdict.outcome, Fail, "{gate} with {fault}: {}", verdict.summary);
        assert!(
            verdict.summary.contains(said),
            "{gate} with {fault}: {}",
            verdict.summary
        );
        rehearsed.switch(fault, false).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_releases_do_not_disturb_each_other() {
    let rehearsed = shipped().await;
    for sha in ["1111111aaaa", "2222222bbbb"] {
        let (verdict, _) = rehearsed.run_for("api-sha", sha).await;
        assert!(verdict.passes(), "{}", verdict.summary);
        assert!(verdict.output.contains(sha), "{}", verdict.output);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn output_comes_line_by_line() {
    let rehearsed = shipped().await;
    let (verdict, shown) = rehearsed.run_for("golden-path", super::GIT_SHA).await;
    assert!(verdict.passes(), "{}", verdict.summary);
    let pieces = shown.iter().filter(|piece| matches!(piece, Progress::Output { .. }));
    assert!(pieces.count() >= 5, "it arrives in pieces: {shown:?}");
    let took = verdict.finished - verdict.started;
    let lines = i64::try_from(verdict.output.lines().count()).expect("a few");
    assert!(
        took.num_milliseconds() >= 25 * lines,
        "25 ms before each of {lines} lines, and it took {took}"
    );
}

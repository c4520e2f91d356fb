//! What a rehearsal promises: all is well without a fault, and each fault is seen by its gates and by no others.

mod asking;

use std::collections::BTreeSet;
use std::mem::ManuallyDrop;
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use asking::{Asking, shipped_gates};

use super::{Fault, Rehearsal, RehearsalError};

/// Everything that has to ask the API.
const ASK_THE_API: [&str; 8] = [
    "api-alive",
    "api-health",
    "api-ready",
    "api-sha",
    "api-up",
    "golden-path",
    "intake-health",
    "smoke",
];

/// The gates that must hold while a fault is on, and that must not otherwise.
fn seen_by(fault: Fault) -> Vec<&'static str> {
    match fault {
        Fault::ApiDown | Fault::Api503 | Fault::ApiSlow | Fault::MalformedAnswer => ASK_THE_API.to_vec(),
        Fault::WrongSha => vec!["api-health", "api-sha"],
        Fault::DbDisconnected => vec![
            "api-health",
            "api-ready",
            "api-up",
            "golden-path",
            "intake-health",
            "smoke",
        ],
        Fault::CiFailed => vec!["ci-dragonfly"],
        Fault::StaleHeartbeat => vec!["heartbeat-ingest", "worker-heartbeats", "worker-running"],
        Fault::OverloadedRpc => vec!["rpc-canonical", "rpc-signatures", "verify-db-contract"],
        Fault::DangerousGrant => vec!["no-dangerous-grants", "ops-schema-locked", "security-audit"],
        Fault::WorkerCrashLoop => vec![
            "golden-batch",
            "golden-job",
            "golden-path",
            "golden-rows",
            "heartbeat-ingest",
            "no-orphaned-jobs",
            "smoke",
            "worker-heartbeats",
            "worker-running",
        ],
        Fault::CommandFailsPreflight => vec!["preflight", "preflight-prod"],
        Fault::CommandFailsMigrations => vec!["migration-status"],
        Fault::CommandFailsContract => vec!["verify-db-contract"],
        Fault::CommandFailsSmoke => vec!["smoke"],
        Fault::CommandFailsGoldenPath => vec!["golden-path"],
        Fault::CommandFailsTests => vec!["rpc-contract-tests", "tests"],
        Fault::CommandFailsDoctor => {
            vec![
                "doctor",
                "doctor-all",
                "doctor-all-dev",
                "doctor-dev",
                "prod-gate-dev",
                "prod-gate-strict",
            ]
        }
        Fault::CommandFailsBuild => vec!["dashboard-build"],
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_is_seen_by_its_gates_and_by_no_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let rehearsal = Rehearsal::start(folder.path()).await.expect("the rehearsal starts");
    let asking = Asking::of(rehearsal).await;
    assert_eq!(
        asking.holding().await,
        BTreeSet::new(),
        "without a fault every gate passes"
    );

    for fault in Fault::ALL {
        asking
            .rehearsal
            .set_fault(fault.id(), true)
            .await
            .expect("the fault is switched on");
        let on: Vec<_> = asking
            .rehearsal
            .faults()
            .into_iter()
            .filter(|state| state.on)
            .map(|state| state.id)
            .collect();
        assert_eq!(on, [fault.id()]);
        let expected: BTreeSet<_> = seen_by(fault).into_iter().map(str::to_owned).collect();
        assert_eq!(asking.holding().await, expected, "with {}", fault.id());
        asking
            .rehearsal
            .set_fault(fault.id(), false)
            .await
            .expect("the fault is switched off");
    }

    assert_eq!(asking.holding().await, BTreeSet::new(), "and every gate passes again");
    asking.rehearsal.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_postgresql_the_rehearsal_goes_on_and_says_why_it_has_no_database() {
    let folder = tempfile::tempdir().expect("a folder");
    let rehearsal = Rehearsal::start_with(folder.path(), None)
        .await
        .expect("the rehearsal starts");
    let mut environment = shipped_gates().environments["rehearsal"].clone();
    rehearsal.apply(&mut environment);
    let reason = &environment.unavailable["main"];
    assert!(reason.contains("apt-get install postgresql"), "{reason}");
    rehearsal
        .set_fault("overloaded_rpc", true)
        .await
        .expect("a fault of the database can be on without one");
    rehearsal.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_finds_the_gates_that_it_began_with_after_the_platform_was_started_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut kept, mut digests) = (Vec::new(), Vec::new());
    let mut addresses = BTreeSet::new();
    for _ in 0..2 {
        let rehearsal = Rehearsal::start_with(folder.path(), None)
            .await
            .expect("the rehearsal starts");
        let mut gates = shipped_gates();
        rehearsal.apply(gates.environments.get_mut("rehearsal").expect("it is declared"));
        let ids: Vec<String> = gates.gates.keys().cloned().collect();
        let briefs: Vec<_> = ids.iter().filter_map(|id| gates.snapshot(id, "rehearsal")).collect();
        assert!(!briefs.is_empty());
        digests.push(briefs.into_iter().map(|brief| brief.digest).collect::<Vec<_>>());
        addresses.insert(rehearsal.api_url().to_owned());
        // Kept until the end, so that the next one cannot have its port.
        kept.push(rehearsal);
    }
    assert_eq!(addresses.len(), 2, "the platform has another address each time");
    assert_eq!(digests[0], digests[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_fault_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let rehearsal = Rehearsal::start_with(folder.path(), None)
        .await
        .expect("the rehearsal starts");
    let refusal = rehearsal.set_fault("earthquake", true).await;
    assert!(matches!(refusal, Err(RehearsalError::UnknownFault { id }) if id == "earthquake"));
    rehearsal.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_outlives_a_rehearsal_that_is_dropped_or_was_killed() {
    let folder = tempfile::tempdir().expect("a folder");

    // A killed proxy drops nothing. Its watchdog would end the server; here it lives, so the next start has to.
    let killed = ManuallyDrop::new(Rehearsal::start(folder.path()).await.expect("the rehearsal starts"));
    let (killed_port, killed_home) = cluster_of(&killed, folder.path());
    assert!(answers(killed_port));

    let next = Rehearsal::start(folder.path())
        .await
        .expect("the next rehearsal starts in the same folder");
    assert!(!answers(killed_port), "the last server is gone");
    assert!(!killed_home.exists(), "and so is its folder");

    let (port, home) = cluster_of(&next, folder.path());
    assert!(answers(port));
    drop(next);
    let give_up = Instant::now() + Duration::from_secs(20);
    while (answers(port) || home.exists()) && Instant::now() < give_up {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(!answers(port), "the server ends with the rehearsal");
    assert!(!home.exists(), "and leaves no folder behind");
}

fn cluster_of(rehearsal: &Rehearsal, folder: &std::path::Path) -> (u16, std::path::PathBuf) {
    let port = rehearsal
        .cluster
        .as_ref()
        .expect("PostgreSQL is installed")
        .address
        .port;
    let home = std::fs::read_to_string(folder.join("postgres.path")).expect("the cluster's folder is noted");
    (port, home.into())
}

fn answers(port: u16) -> bool {
    TcpStream::connect_timeout(&SocketAddr::from(([127, 0, 0, 1], port)), Duration::from_secs(1)).is_ok()
}

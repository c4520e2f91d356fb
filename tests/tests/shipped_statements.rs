//! Every SQL statement of `runbooks/gates.toml`, run by the proxy against a real PostgreSQL with the documents' schemas: on a
//! healthy database it passes with what was observed, and with each fault exactly the gates that must not pass do not.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::time::Duration;

use holdpoint_tests::DatabaseFault::*;
use holdpoint_tests::{
    Client, DatabaseFault, Folder, History, Options, PlatformDatabase, RecordedVerdict, Result, TestProxy, repository,
};

/// For all gates of a session together; the slowest polls for four seconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// Only its database is asked; gates of other kinds find the names that they use, and nobody at port 9.
const ENVIRONMENT: &str = r#"
[environments.test]
title = "Test"
urls = { api = "http://127.0.0.1:9", github = "http://127.0.0.1:9" }
private_addresses = true
databases.main = { file = "database" }
secrets.api_key = { file = "key" }
secrets.github_token = { file = "key" }

[environments.test.variables]
mode = "test"
github_owner = "nobody"
github_repository = "nothing"
api_base_url = "http://127.0.0.1:9"

"#;

/// Each SQL gate, and what its expectations observe in the healthy database.
const HEALTHY: [(&str, &[&str]); 17] = [
    ("database-ready", &["1", "0"]),
    ("db-connection", &["1", r#""dragonfly_app""#]),
    ("golden-batch", &["1", r#""completed""#]),
    ("golden-job", &["1", r#""completed""#]),
    ("golden-rows", &["1", "3", "0"]),
    ("heartbeat-ingest", &["1", r#""running""#, SECONDS]),
    ("last-migration", &["1", r#""20260110120000""#]),
    ("no-dangerous-grants", &["1", "2", "3", "0"]),
    ("no-lock-contention", &["0"]),
    ("no-orphaned-jobs", &["0"]),
    ("no-queue-buildup", &["0"]),
    // Four privileges on three tables.
    ("ops-schema-locked", &["12", r#""service_role" in each of 12 rows"#]),
    ("rpc-canonical", &["4", "1 in each of 4 rows", "true in each of 4 rows"]),
    (
        "rpc-signatures",
        &[
            "4",
            r#""text[], integer, text""#,
            r#""uuid, text, text, integer""#,
            r#""text, jsonb, integer, timestamp with time zone""#,
            r#""text, text, text, text""#,
        ],
    ),
    ("schema-access", &["4"]),
    ("worker-heartbeats", &["1", "1"]),
    ("worker-running", &["2", SECONDS]),
];

/// Stands for a number of seconds below 300, of one row or of all.
const SECONDS: &str = "seconds since the heartbeat";

/// A gate that does not pass: its name, `fail` or `inconclusive`, and words of what was observed.
type Held = (&'static str, &'static str, &'static str);

/// The gates that must not pass while something is wrong. All others must.
fn held_by(fault: DatabaseFault) -> &'static [Held] {
    match fault {
        StaleHeartbeat => &[
            ("heartbeat-ingest", "fail", "expected: at most 300"),
            ("worker-heartbeats", "fail", "no row"),
            ("worker-running", "fail", "expected: at most 300"),
        ],
        MissingWorker => &[
            ("heartbeat-ingest", "fail", "0"),
            ("worker-heartbeats", "fail", "no such row"),
        ],
        WorkerCrashLoop => &[
            ("heartbeat-ingest", "fail", "crashed"),
            ("no-orphaned-jobs", "fail", "1"),
            ("worker-heartbeats", "fail", "0"),
            ("worker-running", "fail", "0"),
        ],
        OverloadedRpc => &[("rpc-canonical", "fail", "2"), ("rpc-signatures", "fail", "5")],
        MissingRpc => &[("rpc-canonical", "fail", "0"), ("rpc-signatures", "fail", "3")],
        SecurityInvoker => &[("rpc-canonical", "fail", "false")],
        ChangedSignature => &[("rpc-signatures", "fail", "text, text, text, character varying")],
        DangerousGrant => &[
            ("no-dangerous-grants", "fail", "3"),
            ("ops-schema-locked", "fail", "anon"),
        ],
        PublicGrant => &[
            ("no-dangerous-grants", "fail", "2"),
            ("ops-schema-locked", "fail", "PUBLIC"),
        ],
        ReadingGrant => &[("ops-schema-locked", "fail", "authenticated")],
        MissingSchema => &[("schema-access", "fail", "3")],
        NoMigration => &[("last-migration", "fail", "0")],
        UnreadableQueue => &[
            ("database-ready", "inconclusive", "permission denied"),
            ("golden-job", "inconclusive", "permission denied"),
            ("no-orphaned-jobs", "inconclusive", "permission denied"),
            ("no-queue-buildup", "inconclusive", "permission denied"),
        ],
        QueueBuildup => &[("no-queue-buildup", "fail", "1")],
        WaitingLock => &[("no-lock-contention", "fail", "1")],
        UnfinishedBatch => &[
            ("golden-batch", "fail", "processing"),
            ("golden-job", "fail", "processing"),
            ("golden-rows", "fail", "0"),
        ],
        FailedRow => &[("golden-rows", "fail", "1")],
        OldBatch => &[
            ("golden-batch", "fail", "0"),
            ("golden-job", "fail", "0"),
            ("golden-rows", "fail", "0"),
        ],
        WrongRole => &[("db-connection", "fail", "reporting")],
    }
}

/// The SQL gates of the shipped file, read with nothing of ours.
fn shipped_sql_gates() -> BTreeSet<String> {
    let text = fs::read_to_string(repository().join("runbooks/gates.toml")).expect("the shipped gates");
    let file: toml::Table = text.parse().expect("the shipped gates are TOML");
    let gates = file["gates"].as_table().expect("it declares gates");
    let sql = gates.iter().filter(|(_, gate)| gate["kind"].as_str() == Some("sql"));
    sql.map(|(name, _)| name.clone()).collect()
}

/// A proxy with the shipped gates, an environment whose database is ours, and a checklist with a step for each SQL gate.
struct Place {
    database: PlatformDatabase,
    folder: Folder,
    _proxy: TestProxy,
    client: Client,
}

impl Place {
    async fn open() -> Result<Self> {
        let database = PlatformDatabase::start().await?;
        let folder = Folder::new("http://127.0.0.1:9")?;
        let shipped = fs::read_to_string(repository().join("runbooks/gates.toml")).expect("the shipped gates");
        // What polls would take 45 seconds to say that it does not pass. The statements and expectations stay as they are.
        let quick = shipped.replace(
            "poll = { every = \"3s\", until = \"45s\" }\nfresh_for = \"5m\"",
            "poll = { every = \"500ms\", until = \"4s\" }\nfresh_for = \"5m\"",
        );
        assert_ne!(quick, shipped, "the polling is found where it is expected");
        folder.write("gates.toml", &format!("{ENVIRONMENT}{quick}"))?;
        let steps: String = shipped_sql_gates()
            .iter()
            .map(|gate| format!("- [ ] {gate} <!-- holdpoint: id={gate} gate={gate} -->\n"))
            .collect();
        let procedure = "<!-- holdpoint: procedure id=all kind=checklist order=any -->";
        folder.write(
            "statements.md",
            &format!("# Statements\n\n## All\n{procedure}\n\n{steps}"),
        )?;
        folder.write("database", &database.healthy_url())?;
        let proxy = TestProxy::start(Options::default().runbooks(folder.path())).await?;
        let client = proxy.sign_in().await?;
        Ok(Self {
            database,
            folder,
            _proxy: proxy,
            client,
        })
    }

    /// Runs every SQL gate in a session of its own against this database, and gives the verdicts.
    async fn verdicts(&self, database: &str) -> Result<BTreeMap<String, RecordedVerdict>> {
        self.folder.write("database", database)?;
        let gates = shipped_sql_gates();
        let session = self.client.begin("statements", "all", "test").await?;
        // Gates that run by themselves do so at the start, and not any more once the session is on hold.
        let runs_itself = |history: &History, gate: &str| history.started()["gates"][gate]["auto"] == true;
        let began = |history: &History| {
            let auto = gates.iter().filter(|gate| runs_itself(history, gate)).count();
            history.runs().len() == auto
        };
        let history = self
            .client
            .until(session, "what runs by itself", PATIENCE, began)
            .await?;
        for gate in gates.iter().filter(|gate| !runs_itself(&history, gate)) {
            self.client.run_gate(session, &format!("all/{gate}"), gate).await?;
        }
        let verdict = |history: &History, gate: &str| history.verdict(&format!("all/{gate}"), gate);
        let ended = |history: &History| gates.iter().all(|gate| verdict(history, gate).is_some());
        let history = self.client.until(session, "every verdict", PATIENCE, ended).await?;
        assert_eq!(history.runs().len(), gates.len(), "each ran once");
        Ok(gates
            .iter()
            .map(|gate| (gate.clone(), verdict(&history, gate).expect("it was waited for")))
            .collect())
    }
}

#[test]
fn every_shipped_statement_is_in_the_tables() {
    let shipped = shipped_sql_gates();
    let healthy: BTreeSet<String> = HEALTHY.iter().map(|(gate, _)| (*gate).to_owned()).collect();
    assert_eq!(healthy, shipped, "what is observed when all is well");
    let held = DatabaseFault::ALL.into_iter().flat_map(held_by);
    let held: BTreeSet<String> = held.map(|(gate, ..)| (*gate).to_owned()).collect();
    assert_eq!(held, shipped, "a fault that holds each of them");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_shipped_statement_passes_on_a_healthy_database() -> Result<()> {
    let place = Place::open().await?;
    let verdicts = place.verdicts(&place.database.healthy_url()).await?;
    for (gate, expected) in HEALTHY {
        let verdict = &verdicts[gate];
        assert_eq!(verdict.outcome, "pass", "{gate}: {verdict:?}");
        let observed: Vec<&str> = verdict.checks.iter().map(|check| check.observed.as_str()).collect();
        assert_eq!(observed.len(), expected.len(), "{gate}: {observed:?}");
        for (observed, expected) in observed.iter().zip(expected) {
            if *expected == SECONDS {
                let seconds = observed.split(' ').next().and_then(|number| number.parse::<u64>().ok());
                assert!(seconds.is_some_and(|seconds| seconds < 300), "{gate}: {observed}");
            } else {
                assert_eq!(observed, expected, "{gate}");
            }
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn with_each_fault_exactly_the_gates_that_must_hold_do() -> Result<()> {
    let place = Place::open().await?;
    for fault in DatabaseFault::ALL {
        let database = place.database.with_fault(fault).await?;
        let verdicts = place.verdicts(database.url()).await?;
        let held: BTreeMap<&str, &str> = verdicts
            .iter()
            .filter(|(_, verdict)| verdict.outcome != "pass")
            .map(|(gate, verdict)| (gate.as_str(), verdict.outcome.as_str()))
            .collect();
        let expected = held_by(fault)
            .iter()
            .map(|(gate, outcome, _)| (*gate, *outcome))
            .collect();
        assert_eq!(held, expected, "{fault:?}: {verdicts:#?}");
        for (gate, _, words) in held_by(fault) {
            let verdict = &verdicts[*gate];
            let failed = verdict.checks.iter().filter(|check| check.outcome != "pass");
            let observed: Vec<&str> = failed.map(|check| check.observed.as_str()).collect();
            let said = |text: &str| text.contains(words);
            assert!(
                observed.iter().any(|observed| said(observed)) || said(&verdict.summary),
                "{gate} with {fault:?} should have seen “{words}”: {verdict:#?}"
            );
        }
    }
    Ok(())
}

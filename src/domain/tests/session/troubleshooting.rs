//! Which rows of the shipped runbooks stand beside a gate that did not pass.

use std::sync::Arc;

use super::story::*;
use holdpoint_domain::gate::{CheckResult, Outcome};
use holdpoint_domain::runbook::{Runbook, Symptom};
use holdpoint_domain::session::*;
use holdpoint_reader::read;

fn book(name: &str) -> Runbook {
    let text = match name {
        "go-live" => include_str!("../../../../runbooks/go-live.md"),
        "golden-release" => include_str!("../../../../runbooks/golden-release.md"),
        "production-deployment" => include_str!("../../../../runbooks/production-deployment.md"),
        "railway-deployment" => include_str!("../../../../runbooks/railway-deployment.md"),
        "release" => include_str!("../../../../runbooks/release.md"),
        other => panic!("there is no runbook {other}"),
    };
    read(name, text)
}

/// What did not pass.
struct Failed<'a> {
    book: &'a str,
    step: &'a str,
    /// Title and plain title.
    gate: (&'a str, &'a str),
    /// Check, expected, observed.
    check: (&'a str, &'a str, &'a str),
    output: &'a str,
}

const NO_OUTPUT: &str = "";

/// The rows for a gate that failed at a step, and why the first is shown.
fn rows(failed: &Failed<'_>) -> (Vec<String>, Vec<String>) {
    let text = format!(
        "# Demo\n\n## Release procedure\n<!-- holdpoint: procedure id=release order=sequential -->\n\n### STEP 1: {}\n<!-- holdpoint: id=it gate=contract work=no -->\n\nDo it.\n",
        failed.step
    );
    let mut one = started(&text, "release");
    one.symptoms = book(failed.book).symptoms();
    let mut gate = snapshot("contract");
    (gate.title, gate.plain) = (failed.gate.0.to_owned(), failed.gate.1.to_owned());
    one.gates.insert("contract".to_owned(), gate);
    one.procedure = Arc::new((*one.procedure).clone());
    let mut story = Story::of(one);
    let run = story.starts("release/it", "contract").expect("it is next");
    let mut verdict = story.verdict(Outcome::Fail);
    let (check, expected, observed) = failed.check;
    verdict.checks = vec![
        CheckResult {
            check: "Crash loop".to_owned(),
            expected: "none".to_owned(),
            observed: "none".to_owned(),
            outcome: Outcome::Pass,
        },
        CheckResult {
            check: check.to_owned(),
            expected: expected.to_owned(),
            observed: observed.to_owned(),
            outcome: Outcome::Fail,
        },
    ];
    verdict.output = failed.output.to_owned();
    story.must(&Command::FinishGate { run, verdict });
    let found = story.state.troubleshooting("release/it", "contract");
    let because = found.first().map_or_else(Vec::new, |first| {
        let words = first.because.iter();
        words.map(|(word, place)| format!("{word} {place:?}")).collect()
    });
    (found.into_iter().map(|one| one.row.symptom).collect(), because)
}

#[test]
fn a_gate_that_fails_is_told_beside_the_rows_of_its_runbook() {
    let health = ("API health and released commit", "The new version is live and healthy");
    let heartbeats = ("A fresh heartbeat per worker type", "Background workers are alive");
    let rpc = (
        "Canonical RPC signatures",
        "The database offers exactly the expected functions",
    );
    let table: [(Failed<'_>, &[&str]); 12] = [
        (
            Failed {
                book: "railway-deployment",
                step: "Ask the API",
                gate: health,
                check: ("Status", "200", "503"),
                output: NO_OUTPUT,
            },
            &["The API answers 503"],
        ),
        // A row about 503 is about nothing else.
        (
            Failed {
                book: "railway-deployment",
                step: "Ask the API",
                gate: health,
                check: ("Status", "200", "500"),
                output: NO_OUTPUT,
            },
            &[],
        ),
        // Nor is it shown because the number was expected.
        (
            Failed {
                book: "railway-deployment",
                step: "Ask the API",
                gate: health,
                check: ("Status", "503", "200"),
                output: NO_OUTPUT,
            },
            &[],
        ),
        (
            Failed {
                book: "railway-deployment",
                step: "Look for heartbeats",
                gate: heartbeats,
                check: ("Rows", "at least 1", "0"),
                output: NO_OUTPUT,
            },
            &["Stale heartbeat"],
        ),
        (
            Failed {
                book: "railway-deployment",
                step: "Migrate",
                gate: ("Grants", "Rights"),
                check: ("Exit code", "0", "1"),
                output: "ERROR: permission denied for table jobs",
            },
            &["permission denied for table"],
        ),
        (
            Failed {
                book: "railway-deployment",
                step: "Migrate",
                gate: ("Migrations", "The database is up to date"),
                check: ("Output", "none", "psycopg.errors.InFailedSqlTransaction"),
                output: NO_OUTPUT,
            },
            &["InFailedSqlTransaction"],
        ),
        (
            Failed {
                book: "golden-release",
                step: "DEPLOY",
                gate: ("/readyz answers 200", "The API is ready for work"),
                check: ("Status", "200", "no answer"),
                output: NO_OUTPUT,
            },
            &["API unresponsive"],
        ),
        (
            Failed {
                book: "production-deployment",
                step: "Run the tests",
                gate: ("Full test suite", "All automated tests pass"),
                check: ("Exit code", "0", "1"),
                output: NO_OUTPUT,
            },
            &["When tests fail", "Tests fail", "Scenario A: the tests failed"],
        ),
        (
            Failed {
                book: "production-deployment",
                step: "Apply the migrations",
                gate: ("Migrations of the database", "The database is up to date"),
                check: ("Rows", "0", "2"),
                output: NO_OUTPUT,
            },
            &["A database migration failed"],
        ),
        (
            Failed {
                book: "go-live",
                step: "Verify the schema",
                gate: rpc,
                check: ("Rows", "4", "5"),
                output: NO_OUTPUT,
            },
            &["A function with another signature"],
        ),
        // Its runbook says nothing of what goes wrong.
        (
            Failed {
                book: "release",
                step: "Ask the API",
                gate: health,
                check: ("Status", "200", "503"),
                output: NO_OUTPUT,
            },
            &[],
        ),
        (
            Failed {
                book: "golden-release",
                step: "Reticulate",
                gate: ("Splines", "Splines are fine"),
                check: ("Exit code", "0", "1"),
                output: NO_OUTPUT,
            },
            &[],
        ),
    ];
    for (failed, expected) in table {
        let (found, because) = rows(&failed);
        let wanted = expected.iter().all(|one| found.iter().any(|row| row == one));
        let said = format!(
            "{} {:?} {:?}: {found:?} because of {because:?}",
            failed.book, failed.gate, failed.check
        );
        assert!(wanted, "{said}, and not {expected:?}");
        if expected.is_empty() {
            assert!(found.is_empty(), "{said}");
        } else {
            assert_eq!(found[0], expected[0], "{said}");
            assert!(!because.is_empty(), "{said}");
        }
    }
}

/// A row is about what the gate is about, or shares more than a word with what it saw.
#[test]
fn one_word_of_an_answer_is_too_little() {
    let with = |gate, check| Failed {
        book: "golden-release",
        step: "SMOKE",
        gate,
        check,
        output: NO_OUTPUT,
    };
    let version = ("The released version", "Customers get the new version");
    let (found, because) = rows(&with(version, ("$.database.version", "v2", "v1")));
    assert!(found.is_empty(), "{found:?} because of {because:?}");
    let database = ("Database contract", "The database and the code agree");
    let (found, because) = rows(&with(database, ("Rows", "0", "1")));
    assert_eq!(found, ["Database corruption"], "{because:?}");
    // What an answer says word for word is enough.
    let (found, because) = rows(&with(version, ("$.state", "ok", "database corruption suspected")));
    assert_eq!(found, ["Database corruption"], "{because:?}");
}

/// The rows of two symptoms for a gate that saw these words, in a session in which so many other gates speak of pools.
fn among(others: usize, observed: &str) -> Vec<String> {
    let text = "# Demo\n\n## Release procedure\n<!-- holdpoint: procedure id=release order=sequential -->\n\n### STEP 1: A\n<!-- holdpoint: id=it gate=contract work=no -->\n\nDo it.\n";
    let mut one = started(text, "release");
    one.symptoms = ["Connection pool exhausted", "Quota exhausted"]
        .map(|symptom| Symptom {
            symptom: symptom.to_owned(),
            section: "When it fails".to_owned(),
            anchor: "when-it-fails".to_owned(),
            says: Vec::new(),
            procedure: None,
        })
        .to_vec();
    let mut gate = snapshot("contract");
    (gate.title, gate.plain) = ("Answers".to_owned(), "It answers".to_owned());
    one.gates = (0..others)
        .map(|at| {
            let mut other = snapshot(&format!("pool-{at}"));
            (other.title, other.plain) = ("Connection pool".to_owned(), "The pool is there".to_owned());
            (other.id.clone(), other)
        })
        .chain([("contract".to_owned(), gate)])
        .collect();
    let mut story = Story::of(one);
    let run = story.starts("release/it", "contract").expect("it is next");
    let mut verdict = story.verdict(Outcome::Fail);
    verdict.checks[0].observed = observed.to_owned();
    story.must(&Command::FinishGate { run, verdict });
    let found = story.state.troubleshooting("release/it", "contract");
    found.into_iter().map(|one| one.row.symptom).collect()
}

#[test]
fn a_rare_word_says_more_than_one_that_many_gates_have() {
    assert_eq!(among(0, "pool of connections: 40"), ["Connection pool exhausted"]);
    assert_eq!(among(4, "pool of connections: 40"), [""; 0]);
    // What nothing else speaks of comes first.
    assert_eq!(
        among(2, "exhausted: quota, and the connection pool"),
        ["Quota exhausted", "Connection pool exhausted"]
    );
    assert_eq!(
        among(0, "exhausted: quota, and the connection pool"),
        ["Connection pool exhausted", "Quota exhausted"]
    );
}

#[test]
fn the_words_that_made_it_match_are_told() {
    let failed = Failed {
        book: "railway-deployment",
        step: "Ask the API",
        gate: ("API health", "The service is healthy"),
        check: ("Status", "200", "503"),
        output: NO_OUTPUT,
    };
    assert_eq!(rows(&failed).1, ["503 Observed", "api Gate"]);
}

#[test]
fn what_the_runbooks_say_of_things_that_go_wrong_is_kept_with_its_place() {
    for (name, first, anchor, many) in [
        (
            "railway-deployment",
            Some("The API answers 503"),
            "what-you-may-meet",
            8,
        ),
        (
            "go-live",
            Some("A column in prod that dev does not have"),
            "42-when-prod-and-dev-differ",
            5,
        ),
        (
            "golden-release",
            Some("Critical production outage"),
            "critical-production-outage",
            3,
        ),
        ("production-deployment", Some("When tests fail"), "when-tests-fail", 10),
        ("release", None, "", 0),
    ] {
        let symptoms = book(name).symptoms();
        assert_eq!(symptoms.len(), many, "{name}: {symptoms:#?}");
        assert_eq!(symptoms.first().map(|one| one.symptom.as_str()), first, "{name}");
        assert_eq!(symptoms.first().map_or("", |one| one.anchor.as_str()), anchor, "{name}");
    }
    let railway = book("railway-deployment").symptoms();
    let says: Vec<_> = railway[0]
        .says
        .iter()
        .map(|said| (said.label.as_str(), said.text.as_str()))
        .collect();
    assert_eq!(
        says,
        [
            ("Likely cause", "The service is starting, or has crashed"),
            ("What helps", "Read the logs, wait 30s, redeploy")
        ]
    );
}

#[test]
fn a_log_of_a_version_that_kept_none_is_read_and_written_as_it_was() {
    let mut one = started(RELEASE, "release");
    let written = serde_json::to_value(&one).expect("it is JSON");
    assert!(written.get("symptoms").is_none());
    assert_eq!(serde_json::from_value::<Started>(written).expect("it is a start"), one);
    one.symptoms = book("railway-deployment").symptoms();
    let read: Started = serde_json::from_value(serde_json::to_value(&one).expect("JSON")).expect("a start");
    assert_eq!(read, one);
}

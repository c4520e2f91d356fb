//! The runbooks that come with Holdpoint: each gives at least the procedures and steps that it was written to give.

#![expect(
    clippy::disallowed_methods,
    reason = "the crate does no I/O; this test reads the files that it is about"
)]

use std::collections::BTreeSet;
use std::path::PathBuf;

use holdpoint_domain::runbook::{ProcedureKind, Runbook, Severity, Step};
use holdpoint_reader::{LintContext, lint, read_bytes};

use ProcedureKind::{Checklist, Emergency, Monitoring, Pipeline, Release, Rollback, Scaling, Setup, Validation};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../runbooks")
}

fn runbook(name: &str) -> Runbook {
    let file = folder().join(format!("{name}.md"));
    let bytes = std::fs::read(&file).unwrap_or_else(|error| panic!("{} cannot be read: {error}", file.display()));
    read_bytes(name, &bytes)
}

/// Asserts that each wanted procedure is there: of this kind, with a title that has these words, and at least so many steps.
#[track_caller]
fn check(name: &str, wanted: &[(ProcedureKind, &str, usize)]) {
    let runbook = runbook(name);
    let mut left: Vec<_> = runbook.procedures.iter().collect();
    for (kind, words, steps) in wanted {
        let found = left.iter().position(|procedure| {
            let title = procedure.title.to_lowercase();
            procedure.kind == *kind && title.contains(words) && procedure.steps.len() >= *steps
        });
        let Some(found) = found else {
            let there: Vec<_> = left
                .iter()
                .map(|procedure| (procedure.kind, &procedure.title, procedure.steps.len()))
                .collect();
            panic!("{name} has no {kind:?} “{words}” with {steps} steps; it has {there:#?}");
        };
        left.remove(found);
    }
}

#[track_caller]
fn check_reference(name: &str, words: &str, items: usize) {
    let runbook = runbook(name);
    let found = runbook
        .references
        .iter()
        .any(|found| found.title.to_lowercase().contains(words) && found.items.len() >= items);
    let there: Vec<_> = runbook
        .references
        .iter()
        .map(|found| (&found.title, found.items.len()))
        .collect();
    assert!(
        found,
        "{name} has no reference “{words}” with {items} items; it has {there:#?}"
    );
}

#[test]
fn release() {
    check(
        "release",
        &[
            (Checklist, "pre-release", 5),
            (Pipeline, "ci", 3),
            (Validation, "migration", 2),
            (Rollback, "rollback", 5),
        ],
    );
    check_reference("release", "signatures", 4);
}

#[test]
fn golden_release() {
    check(
        "golden-release",
        &[
            (Checklist, "requirements", 6),
            (Release, "release", 7),
            (Rollback, "rollback", 5),
            (Emergency, "outage", 5),
            (Emergency, "corruption", 4),
            (Emergency, "unresponsive", 4),
            (Monitoring, "15 minutes", 4),
            (Monitoring, "hour", 4),
            (Monitoring, "24 hours", 4),
        ],
    );
    let runbook = runbook("golden-release");
    let release = runbook
        .procedures
        .iter()
        .find(|procedure| procedure.kind == Release)
        .expect("checked above");
    let words = ["freeze", "preflight", "migrate", "verify", "deploy", "smoke", "scale"];
    for (step, word) in release.steps.iter().zip(words) {
        assert!(step.title.to_lowercase().contains(word), "{} is not {word}", step.title);
        assert!(!step.parts.is_empty(), "{} says nothing", step.title);
    }
    assert!(release.rollback.is_some(), "the release says which procedure undoes it");
}

#[test]
fn go_live() {
    check(
        "go-live",
        &[
            (Checklist, "pre-flight", 5),
            (Setup, "", 3),
            (Setup, "", 4),
            (Validation, "gate", 4),
            (Validation, "smoke", 1),
            (Validation, "locked", 1),
            (Rollback, "service", 3),
            (Rollback, "schema", 1),
        ],
    );
    let expected = runbook("go-live").procedures[0].steps.iter().all(|step| {
        step.parts
            .iter()
            .any(|part| matches!(part, holdpoint_domain::runbook::Part::Expected { .. }))
    });
    assert!(expected, "each pre-flight check says what is expected");
}

#[test]
fn railway_deployment() {
    check(
        "railway-deployment",
        &[
            (Checklist, "", 5),
            (Validation, "verification", 3),
            (Scaling, "0 → 1", 5),
            (Scaling, "1 → n", 4),
            (Scaling, "n → 0", 4),
            (Rollback, "code", 4),
            (Rollback, "database", 4),
            (Emergency, "disable", 1),
            (Validation, "golden path", 1),
            (Emergency, "escalation", 5),
        ],
    );
    let runbook = runbook("railway-deployment");
    let golden = runbook
        .procedures
        .iter()
        .find(|procedure| procedure.title.to_lowercase().contains("golden path"))
        .expect("checked above");
    let children: Vec<usize> = golden.steps.iter().map(|step| step.children.len()).collect();
    assert!(
        children.contains(&3) && children.contains(&5),
        "three prerequisites and five queries: {children:?}"
    );
    let waits = |step: &Step| step.timebox_seconds == Some(120);
    assert!(
        runbook
            .procedures
            .iter()
            .filter(|found| found.kind == Scaling)
            .flat_map(|found| found.in_order())
            .any(waits),
        "scaling out has its waits of two minutes"
    );
}

#[test]
fn production_deployment() {
    check(
        "production-deployment",
        &[
            (Pipeline, "", 5),
            (Emergency, "scenario a", 3),
            (Emergency, "scenario b", 3),
            (Emergency, "scenario c", 3),
            (Emergency, "scenario d", 3),
        ],
    );
    check_reference("production-deployment", "contact", 5);
    check_reference("production-deployment", "glossary", 8);
    check_reference("production-deployment", "never", 4);
    check_reference("production-deployment", "can", 4);
}

#[test]
fn no_shipped_runbook_has_an_error() {
    let names = [
        "release",
        "golden-release",
        "go-live",
        "railway-deployment",
        "production-deployment",
    ];
    let gates = std::fs::read_to_string(folder().join("gates.toml")).expect("the gates stand beside the runbooks");
    let gates: BTreeSet<String> = gates
        .lines()
        .filter_map(|line| line.trim().strip_prefix("[gates.")?.split([']', '.']).next())
        .map(|name| name.trim_matches('"').to_owned())
        .collect();
    assert!(!gates.is_empty());
    let mut files = BTreeSet::from(["gates.toml".to_owned()]);
    for name in names {
        files.extend(runbook(name).anchors().map(|anchor| format!("{name}.md#{anchor}")));
        files.insert(format!("{name}.md"));
    }
    let known = LintContext {
        gates: Some(gates),
        files: Some(files),
    };
    let errors: Vec<String> = names
        .into_iter()
        .flat_map(|name| lint(&runbook(name), &known).into_iter().map(move |found| (name, found)))
        .filter(|(_, found)| found.severity == Severity::Error)
        .map(|(name, found)| {
            format!(
                "{name}.md:{}:{} {}",
                found.place.line, found.place.column, found.message
            )
        })
        .collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

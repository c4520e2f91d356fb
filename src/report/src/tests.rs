use serde_json::{Value, json};

#[path = "../../domain/tests/session/story.rs"]
#[allow(dead_code, reason = "the domain's tests use more of it")]
mod story;

use super::*;
use holdpoint_domain::gate::Outcome;
use holdpoint_domain::session::{ClientCommand, Command, SessionOutcome, Started};
use story::{RELEASE, Story, started};

fn held(spoil: fn(&mut Started)) -> Story {
    let mut one = started(RELEASE, "release");
    spoil(&mut one);
    let mut story = Story::of(one);
    story.tick("release/freeze").expect("is next");
    story.runs("release/verify", "contract", Outcome::Fail);
    story.runs("release/verify", "contract", Outcome::Inconclusive);
    story
}

#[test]
fn the_report_has_every_part_that_an_incident_report_needs() {
    let mut story = held(|_| {});
    story.must(&Command::LinkRollback {
        session: uuid::Uuid::from_u128(99),
        procedure: "rollback".to_owned(),
    });
    let close = ClientCommand::Close {
        outcome: SessionOutcome::RolledBack,
        summary: "Undone in time.".to_owned(),
    };
    story.ask(close).expect("a rollback was started");
    let report = export(&story.records, 3, Format::Md).expect("exports");
    for part in [
        "# Incident report 2025-11-20-03",
        "| Severity | SEV-1 (suggested by the log; correct it) |",
        "| Status | rolled back |",
        "| Created | 2025-11-20 12:00:00 |",
        "| Resolved | 2025-11-20 12:00:00 |",
        "| Owner | Ada |",
        "## Executive summary",
        "Undone in time.",
        "## Timeline (UTC)",
        "The contract gate: failed | FAIL |",
        "## Root cause: five whys\n\n1. Why? \n2. Why? \n3. Why? \n4. Why? \n5. Why? \n",
        "| 1 | The contract gate | Status: expected 200, observed 503 |",
        "- Undone by session `00000000-0000-0000-0000-000000000063`",
    ] {
        assert!(report.contains(part), "{part:?} is missing in\n{report}");
    }
    assert_eq!(
        report.matches("| The contract gate | Status").count(),
        1,
        "one action per gate"
    );
}

#[test]
fn severity_follows_from_the_log() {
    let severity = |story: &Story| summarise(&story.state, 1).expect("started").severity;
    assert_eq!(severity(&held(|_| {})), Severity::Sev2);
    assert_eq!(severity(&held(|one| one.production = false)), Severity::Sev3);
    assert_eq!(
        severity(&held(|one| one.undoes = Some(uuid::Uuid::from_u128(5)))),
        Severity::Sev1
    );
    assert_eq!(severity(&Story::release()), Severity::Sev3);
}

#[test]
fn a_rehearsal_is_marked_in_every_format() {
    let story = held(|one| one.rehearsal = true);
    let text = |format| export(&story.records, 1, format).expect("exports");
    assert!(text(Format::Md).contains("**REHEARSAL.**"));
    assert!(text(Format::Html).contains("<strong>REHEARSAL.</strong>"));
    assert!(text(Format::Json).contains("\"rehearsal\": true"));
    assert!(text(Format::Csv).lines().nth(1).expect("a row").contains(",yes,"));
}

#[test]
fn what_people_typed_stays_text() {
    let mut story = Story::release();
    let text = "a | b\n# Head <script>alert(1)</script> [x](javascript:alert(1)) **bold**".to_owned();
    story.ask(ClientCommand::AddNote { step: None, text }).expect("a note");
    let report = export(&story.records, 1, Format::Md).expect("exports");
    let line = report
        .lines()
        .find(|line| line.contains("Head"))
        .expect("the note is there");
    assert!(
        line.starts_with("| 2025-11-20 12:00:00 | Ada | Note: noted |  | a \\| b \\# Head &lt;script&gt;"),
        "{line}"
    );
    let page = export(&story.records, 1, Format::Html).expect("exports");
    assert!(!page.contains("<script"), "{page}");
    assert!(!page.contains("href"), "{page}");
    assert!(!page.contains("<strong>bold"), "{page}");
}

#[test]
fn cells_that_a_spreadsheet_would_run_are_neutralised() {
    for (cell, safe) in [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("plain", "plain"),
        ("", ""),
    ] {
        assert_eq!(table::neutral(cell), safe);
    }
    let mut story = Story::release();
    story
        .ask(ClientCommand::AddNote {
            step: None,
            text: "=cmd|' /C calc'!A0".to_owned(),
        })
        .expect("a note");
    let rows = export(&story.records, 1, Format::Csv).expect("exports");
    assert!(rows.contains(",'=cmd|"), "{rows}");
}

#[test]
fn a_json_export_verifies_and_every_change_to_it_is_found() {
    let story = held(|_| {});
    let text = export(&story.records, 1, Format::Json).expect("exports");
    assert_eq!(verify(&text).expect("untouched").events, story.records.len() as u64);
    let file: Value = serde_json::from_str(&text).expect("is JSON");
    let spoilt = |spoil: fn(&mut Value)| {
        let mut file = file.clone();
        spoil(&mut file);
        verify(&file.to_string()).expect_err("was altered").to_string()
    };
    assert!(spoilt(|file| file["events"][1]["actor"]["name"] = json!("Eve")).starts_with("Event 2 was altered"));
    assert!(spoilt(|file| file["summary"]["captain"] = json!("Eve")).starts_with("The summary"));
    assert!(spoilt(|file| file["rehearsal"] = json!(true)).starts_with("The summary"));
    let cut = spoilt(|file| {
        file["events"].as_array_mut().expect("a list").pop();
    });
    assert!(cut.contains("events were cut off"), "{cut}");
    assert!(spoilt(|file| file["format"] = json!("other")).contains("not a Holdpoint JSON export"));
    assert!(matches!(verify("{"), Err(VerifyError::NotJson(_))));
}

#[test]
fn nothing_is_exported_from_a_log_without_a_start() {
    assert!(matches!(export(&[], 1, Format::Md), Err(ExportError::NoStart)));
}

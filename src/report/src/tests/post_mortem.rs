//! What people wrote beside the steps, in every export.

use std::sync::Arc;

use chrono::NaiveDate;
use holdpoint_domain::gate::Outcome;
use holdpoint_domain::runbook::ProcedureKind;
use holdpoint_domain::session::{ActionState, Annotation, Event, Record, SessionOutcome, SeverityLevel, TickedBy};
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::*;
use super::evidence::hostile;
use super::log::{begun, closed, note, ran, records, started, ticked};
use super::{exported, held};

fn annotated(annotation: Annotation) -> Event {
    Event::Annotated { annotation }
}

fn texts(all: &[&str]) -> Vec<String> {
    all.iter().map(|text| (*text).to_owned()).collect()
}

fn star(seq: u64, caption: &str) -> Event {
    let caption = caption.to_owned();
    annotated(Annotation::Star { seq, caption })
}

fn severity(level: SeverityLevel) -> Event {
    let (level, reason) = (Some(level), "users | noticed".to_owned());
    annotated(Annotation::Severity { level, reason })
}

/// A session that failed, was given up, and was written about afterwards: everything once.
fn written_about(text: &str) -> Vec<Record> {
    let id = Uuid::from_u128(1);
    let of = |text: &str| vec![text.to_owned()];
    let after = [
        closed(SessionOutcome::Abandoned, "Given up."),
        annotated(Annotation::RootCause { whys: of(text) }),
        annotated(Annotation::Factors { factors: of(text) }),
        annotated(Annotation::Impact { text: text.to_owned() }),
        annotated(Annotation::Severity {
            level: Some(SeverityLevel::Sev1),
            reason: text.to_owned(),
        }),
        annotated(Annotation::Action {
            id,
            text: text.to_owned(),
            owner: text.to_owned(),
            due: NaiveDate::from_ymd_opt(2025, 12, 1),
        }),
        annotated(Annotation::ActionState {
            id,
            state: ActionState::Done,
        }),
        star(4, text),
    ];
    records(held(|_| {}).into_iter().chain(after))
}

#[test]
fn what_nobody_wrote_is_said_not_to_be_written_and_nothing_is_made_up() {
    let report = exported(&records(held(|_| {})), Format::Md);
    for part in [
        "_Impact on users:_ not written yet.\n",
        "## Root cause: five whys\n\nNot written yet.\n\n1. Why? \n",
        "## Contributing factors\n\nNot written yet.\n",
        "## Action items\n\nNone written yet.\n",
    ] {
        assert!(report.contains(part), "{part:?} is missing in\n{report}");
    }
    assert!(!report.contains("Starred"), "{report}");
    let page = exported(&records(held(|_| {})), Format::Html);
    assert!(page.contains("Not written yet.") && !page.contains("Why?"), "{page}");
    let file: Value = serde_json::from_str(&exported(&records(held(|_| {})), Format::Json)).expect("is JSON");
    assert_eq!(file["summary"].get("post_mortem"), None);
}

#[test]
fn a_row_says_whether_its_event_is_starred() {
    let log = written_about("=here | it failed");
    let table = exported(&log, Format::Csv);
    let mut rows = csv::Reader::from_reader(table.as_bytes());
    let names = rows.headers().expect("a head").clone();
    let column = |name: &str| names.iter().position(|one| one == name).expect("it is there");
    let (by, caption) = (column("starred by"), column("caption"));
    for (row, record) in rows.records().zip(&log) {
        let row = row.expect("a row");
        let told = (row[by].to_owned(), row[caption].to_owned());
        let expected = match record.seq {
            4 => ("Ada", "'=here | it failed"),
            _ => ("", ""),
        };
        assert_eq!(
            told,
            (expected.0.to_owned(), expected.1.to_owned()),
            "event {}",
            record.seq
        );
    }
}

#[test]
fn every_section_holds_what_stands_there_at_last() {
    let mut events = held(|_| {});
    let id = Uuid::from_u128(1);
    let action = |text: &str, owner: &str, due| {
        annotated(Annotation::Action {
            id,
            text: text.to_owned(),
            owner: owner.to_owned(),
            due,
        })
    };
    events.extend([
        annotated(Annotation::RootCause {
            whys: texts(&["a guess"]),
        }),
        annotated(Annotation::RootCause {
            whys: texts(&["the port was wrong", "nobody had looked"]),
        }),
        annotated(Annotation::Factors {
            factors: texts(&["a quiet night"]),
        }),
        annotated(Annotation::Impact {
            text: "Withdrawals failed.\n\n- 12 users\n1. Then\nall".to_owned(),
        }),
        action("Watch", "", None),
        action("Watch the port", "Robin", NaiveDate::from_ymd_opt(2025, 12, 1)),
        annotated(Annotation::ActionState {
            id,
            state: ActionState::Done,
        }),
        annotated(Annotation::Action {
            id: Uuid::from_u128(2),
            text: "Tell the team".to_owned(),
            owner: String::new(),
            due: None,
        }),
        severity(SeverityLevel::Sev1),
        star(4, "here it failed"),
    ]);
    let log = records(events);
    let report = exported(&log, Format::Md);
    for part in [
        "| Severity | SEV-1, said by Ada at 2025-11-20 12:00:00 UTC: users \\| noticed |\n",
        "so that nothing tells whether it was live; its own log names no rollback) |\n",
        "| Severity by the events | SEV-3 (suggested, because ",
        "_Impact on users_, written by Ada:\n\n> Withdrawals failed.\n>\n> \\- 12 users\\\n> 1\\. Then\\\n> all\n\n",
        "## Root cause: five whys\n\n1. Why? the port was wrong\n2. Why? nobody had looked\n\n_Written by Ada at 2025-11-20 12:00:00 UTC._\n",
        "## Contributing factors\n\n| # | Contributing factor |\n| --- | --- |\n| 1 | a quiet night |\n",
        "| 1 | Watch the port | Robin | 2025-12-01 | done | 2025-11-20 12:00:00, Ada |\n",
        "| 2 | Tell the team | nobody | no day set | open | 2025-11-20 12:00:00, Ada |\n",
        "People starred 1 of 18 events.\n",
        "| 4 | 2025-11-20 12:00:00 | Ada | The contract gate: failed | FAIL | Status: 503; expected: 200. | here it failed | Ada |\n",
        "## Timeline (UTC)\n\nLeft out: 10 events in which the post-mortem was written or changed, or an event was starred. The JSON and CSV exports have them.\n\n",
    ] {
        assert!(report.contains(part), "{part:?} is missing in\n{report}");
    }
    for format in [Format::Md, Format::Html] {
        let report = exported(&log, format);
        assert!(!report.contains("a guess"), "a draft is in {format:?}");
        assert!(report.contains("12 users"), "{format:?}");
    }
    assert!(exported(&log, Format::Csv).contains("a guess"));
    let starred = report.find("## Starred events").expect("a section");
    assert!(starred < report.find("## Timeline").expect("the whole timeline"));
    let text = exported(&log, Format::Json);
    let file: Value = serde_json::from_str(&text).expect("is JSON");
    let told = &file["summary"]["post_mortem"];
    assert_eq!(told["severity"]["level"], json!("SEV-1"));
    assert_eq!(told["root_cause"], json!(["the port was wrong", "nobody had looked"]));
    assert_eq!(told["actions"][0]["state"], json!("done"));
    assert_eq!(
        told["starred"],
        json!([{"seq": 4, "caption": "here it failed", "by": "Ada"}])
    );
    assert_eq!(verify(&text).expect("untouched").otherwise_made, []);
    let forged = text.replace(
        "\"level\": \"SEV-1\",\n        \"by\"",
        "\"level\": \"SEV-3\",\n        \"by\"",
    );
    assert_ne!(forged, text);
    let part = "post_mortem";
    assert_eq!(verify(&forged), Err(VerifyError::HeaderAltered { part }));
    let table = exported(&log, Format::Csv);
    assert!(table.contains(",Action item 1,done,,Watch the port,"), "{table}");
}

/// A completed session of a kind in which nothing went wrong.
fn completed(kind: ProcedureKind, then: impl IntoIterator<Item = Event>) -> Vec<Record> {
    let mut one = started();
    Arc::make_mut(&mut one.procedure).kind = kind;
    let by = TickedBy::Person;
    let step = "release/verify".to_owned();
    let mut events = vec![begun(one), ticked("freeze")];
    events.extend(ran(1, Outcome::Pass));
    events.extend([Event::StepTicked { step, by }, closed(SessionOutcome::Completed, "")]);
    records(events.into_iter().chain(then))
}

#[test]
fn what_went_well_is_no_incident_whatever_kind_of_procedure_it_was() {
    use ProcedureKind::{Checklist, Emergency, Monitoring, Pipeline, Release, Rollback, Scaling, Setup, Validation};
    for (kind, title) in [
        (Release, "# Release report"),
        (Checklist, "# Report"),
        (Validation, "# Report"),
        (Monitoring, "# Report"),
        (Setup, "# Report"),
        (Scaling, "# Report"),
        (Pipeline, "# Report"),
        (Emergency, "# Incident report"),
        (Rollback, "# Incident report"),
    ] {
        let report = exported(&completed(kind, []), Format::Md);
        assert!(report.starts_with(title), "{kind:?}\n{report}");
        let incident = title.contains("Incident");
        assert_eq!(report.contains("five whys"), incident, "{kind:?}");
        assert_eq!(report.contains("No incident: nothing held."), !incident, "{kind:?}");
    }
}

#[test]
fn a_persons_word_decides_whether_it_was_an_incident_and_the_events_are_told_beside_it() {
    let said = exported(
        &completed(ProcedureKind::Release, [severity(SeverityLevel::Sev2)]),
        Format::Md,
    );
    assert!(said.starts_with("# Incident report"), "{said}");
    assert!(said.contains("| Severity | SEV-2, said by Ada"), "{said}");
    assert!(
        said.contains("| Severity by the events | No incident: nothing held. |"),
        "{said}"
    );
    let mut events = held(|_| {});
    events.push(severity(SeverityLevel::NoIncident));
    let said = exported(&records(events), Format::Md);
    assert!(said.starts_with("# Release report"), "{said}");
    assert!(said.contains("| Severity | No incident, said by Ada"), "{said}");
    assert!(said.contains("| Severity by the events | SEV-3 (suggested"), "{said}");
    assert!(said.contains("## Holds"), "{said}");
}

/// Notes and annotations that follow the closing move neither the end nor the time on hold.
#[test]
fn what_follows_the_closing_changes_no_figure() {
    let before = written_about("x");
    let at = |records: &[Record]| {
        let file: Value = serde_json::from_str(&exported(records, Format::Json)).expect("is JSON");
        let mut summary = file["summary"].clone();
        summary.as_object_mut().expect("an object").remove("post_mortem");
        summary
    };
    let closing = before
        .iter()
        .position(|record| matches!(record.event, Event::SessionClosed { .. }))
        .expect("it was closed");
    assert_eq!(at(&before), at(&before[..=closing]));
}

proptest! {
    #[test]
    fn what_people_wrote_after_the_fact_stays_text(text in hostile()) {
        // A blank one takes back what stood there.
        prop_assume!(!text.trim().is_empty());
        let log = written_about(&text);
        let usual = written_about("x");
        let (page, plain) = (exported(&log, Format::Html), exported(&usual, Format::Html));
        for tag in [
            "<script", "<details", "<summary>", "<h1", "<h2", "<h3", "<table", "<tr", "<td", "<ol", "<ul", "<li", "<pre", "<code", "<a ",
            "<img", "<!--", "<em", "<strong", "<blockquote", "<hr",
        ] {
            prop_assert_eq!(page.matches(tag).count(), plain.matches(tag).count(), "{}\n{}", tag, page);
        }
        let (report, plain) = (exported(&log, Format::Md), exported(&usual, Format::Md));
        // The impact alone keeps its lines.
        let lines = text.trim().lines().count().max(1);
        prop_assert_eq!(report.lines().count(), plain.lines().count() + lines - 1);
        let file = exported(&log, Format::Json);
        prop_assert_eq!(verify(&file).expect("untouched").otherwise_made, []);
        let table = exported(&log, Format::Csv);
        let mut rows = csv::Reader::from_reader(table.as_bytes());
        let rows: Vec<csv::StringRecord> = rows.records().map(|row| row.expect("as many cells as the head")).collect();
        prop_assert_eq!(rows.len(), log.len());
    }
}

#[test]
fn a_star_on_a_note_tells_the_note() {
    let log = records([begun(started()), note("Users write to us."), star(2, "")]);
    let report = exported(&log, Format::Md);
    assert!(
        report.contains("| 2 | 2025-11-20 12:00:00 | Ada | Note: noted |  | Users write to us. |  | Ada |\n"),
        "{report}"
    );
}

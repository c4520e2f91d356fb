//! What each export says of logs that are written out here, event by event.

mod any_annotation;
mod caution;
mod declaration;
mod drill;
mod evidence;
mod holds;
mod linked;
pub mod log;
mod other_versions;
mod post_mortem;
mod schema;
mod severity;
mod statistics;
mod streams;
mod template;
mod timeline_svg;

use holdpoint_domain::gate::Outcome;
use holdpoint_domain::session::{Event, Record, SessionOutcome, Started};
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use log::{begun, closed, note, ran, records, rolled_back, started, ticked};

/// A session whose gate failed, and then could not be compared.
fn held(change: fn(&mut Started)) -> Vec<Event> {
    let mut one = started();
    change(&mut one);
    let mut events = vec![begun(one), ticked("freeze")];
    events.extend(ran(1, Outcome::Fail));
    events.extend(ran(2, Outcome::Inconclusive));
    events
}

/// What a whole export is, with the logs at hand.
fn export(records: &[Record], number: u32, linked: LinkedSessions, format: Format) -> Result<String, ExportError> {
    let mut out = Vec::new();
    let folded = Folded::of(&records)?;
    write_export(&mut out, &records, &folded, number, linked, format)?;
    Ok(String::from_utf8(out).expect("it is text"))
}

fn header(records: &[Record]) -> ReportHeader {
    Folded::of(&records).expect("started").header(1)
}

/// A linked session with its log; none where it could not be read.
fn linked_session(session: u128, log: Option<Vec<Record>>) -> LinkedSession {
    let session = Uuid::from_u128(session);
    match log {
        Some(log) => LinkedSession::read(session, 1, std::sync::Arc::new(log)).expect("it has a start"),
        None => LinkedSession::unknown(session),
    }
}

fn exported(records: &[Record], format: Format) -> String {
    export(records, 1, LinkedSessions::default(), format).expect("exports")
}

#[test]
fn the_report_has_every_part_that_an_incident_report_needs() {
    let end = [rolled_back(), closed(SessionOutcome::RolledBack, "Undone in time.")];
    let records = records(held(|_| {}).into_iter().chain(end));
    let report = export(&records, 3, LinkedSessions::default(), Format::Md).expect("exports");
    for part in [
        "# Incident report 2025-11-20-03",
        "| Severity | SEV-2 (suggested, because of a release of production a rollback was started; no gate sees the version, so that nothing tells \
         whether it was live; correct it) |",
        "| Status | closed as rolled back |",
        "| Created | 2025-11-20 12:00:00 UTC |",
        "| Closed | 2025-11-20 12:00:00 UTC |",
        "| Owner | Ada |",
        "## Executive summary",
        "Ada wrote at the closing, 2025-11-20 12:00:00 UTC: “Undone in time.”\n",
        "Gate runs: 0 passed, 1 failed, 1 inconclusive.",
        "## Timeline (UTC)",
        "The contract gate: failed | FAIL |",
        "## Root cause: five whys\n\nNot written yet.\n\n1. Why? \n2. Why? \n3. Why? \n4. Why? \n5. Why? \n",
        "## Gates that did not pass\n\n| Gate | What it saw the first time |\n| --- | --- |\n| The contract gate | Status: expected 200, observed 503 |\n",
        "(session `00000000-0000-0000-0000-000000000063`)",
    ] {
        assert!(report.contains(part), "{part:?} is missing in\n{report}");
    }
    assert_eq!(
        report.matches("| The contract gate | Status").count(),
        1,
        "one action per gate"
    );
}

/// What a browser saw first is not undone by what it sees later.
#[test]
fn every_observation_is_counted_whatever_came_after_it() {
    let seen = |id: u128, outcome: Outcome| Event::GateObserved {
        observation: Uuid::from_u128(id),
        step: "release/verify".to_owned(),
        gate: "contract".to_owned(),
        verdict: log::verdict(outcome),
    };
    let mut one = started();
    one.gates.values_mut().for_each(|gate| gate.direct_decides = true);
    let old = one.gates["contract"].clone();
    let mut new = old.clone();
    new.digest = Some("e".repeat(64));
    let taken = Event::DeclarationTaken {
        gate: "contract".to_owned(),
        old: Some(Box::new(old)),
        new: Box::new(new),
        reason: "it was wrong".to_owned(),
    };
    let before = [begun(one), ticked("freeze"), seen(1, Outcome::Fail)];
    for then in [vec![], vec![seen(2, Outcome::Pass)], vec![taken]] {
        let log = records([&before[..], &then].concat());
        let header = header(&log);
        assert_eq!(
            (header.failed, header.severity),
            (1, Some(IncidentSeverity::Sev3)),
            "{then:?}"
        );
    }
}

#[test]
fn a_rehearsal_is_marked_in_every_format() {
    let records = records(held(|one| one.rehearsal = true));
    let text = |format| exported(&records, format);
    assert!(text(Format::Md).contains("**REHEARSAL.**"));
    assert!(text(Format::Html).contains("<strong>REHEARSAL.</strong>"));
    assert!(text(Format::Json).contains("\"rehearsal\": true"));
    assert!(text(Format::Csv).lines().nth(1).expect("a row").contains(",yes,"));
}

#[test]
fn what_people_typed_stays_text() {
    let text = "a | b\n# Head <script>alert(1)</script> [x](javascript:alert(1)) **bold**";
    let records = records([begun(started()), note(text)]);
    let report = exported(&records, Format::Md);
    let line = report
        .lines()
        .find(|line| line.contains("Head"))
        .expect("the note is there");
    assert!(
        line.starts_with("| 2 | 2025-11-20 12:00:00 | Ada | Note: noted |  | a \\| b \\# Head &lt;script&gt;"),
        "{line}"
    );
    let page = exported(&records, Format::Html);
    assert!(!page.contains("<script"), "{page}");
    assert!(!page.contains("href"), "{page}");
    assert!(!page.contains("<strong>bold"), "{page}");
}

#[test]
fn what_reorders_or_hides_is_shown_in_every_report_and_kept_in_json() {
    let odd = "ok\u{202e}DELIAF\u{2066}\u{200b}\u{feff}\u{1b}[2J\u{2028}end";
    let mut one = started();
    one.captain = odd.to_owned();
    one.version = odd.to_owned();
    std::sync::Arc::make_mut(&mut one.procedure).title = odd.to_owned();
    let mut events = vec![begun(one), note(odd)];
    let mut seen = ran(1, Outcome::Fail);
    for event in &mut seen {
        if let Event::GateFinished { verdict, .. } = event {
            verdict.checks[0].observed = odd.to_owned();
            verdict.summary = odd.to_owned();
        }
    }
    events.extend(seen);
    events.push(closed(SessionOutcome::Abandoned, odd));
    let mut records = records(events);
    for record in &mut records {
        record.actor = holdpoint_domain::session::Actor::Person { name: odd.to_owned() };
    }
    for format in [Format::Md, Format::Html, Format::Csv] {
        let report = exported(&records, format);
        assert!(
            report.contains("ok⟨U+202E⟩DELIAF⟨U+2066⟩⟨U+200B⟩⟨U+FEFF⟩⟨U+001B⟩"),
            "{format:?}: {report}"
        );
        let raw = report
            .chars()
            .find(|one| holdpoint_domain::runbook::reorders_or_hides(*one) || *one == '\u{1b}');
        assert_eq!(raw, None, "{format:?}: {report}");
    }
    let json: Value = serde_json::from_str(&exported(&records, Format::Json)).expect("it is JSON");
    assert_eq!(json["events"][1]["event"]["text"], odd);
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
        ("\nx", "'\nx"),
        (" =1+1", "' =1+1"),
        ("\u{a0}\n@SUM(A1)", "'\u{a0}\n@SUM(A1)"),
        ("＝1+1", "'＝1+1"),
        ("a\n=1", "a\n=1"),
        ("'=1", "''=1"),
        ("' －1", "'' －1"),
        ("'tis", "'tis"),
        ("\u{feff}=1", "⟨U+FEFF⟩=1"),
        ("\u{3000}＠SUM(A1)", "'\u{3000}＠SUM(A1)"),
        ("\u{85}=1\u{9b}2J", "⟨U+0085⟩=1⟨U+009B⟩2J"),
        ("\u{202e}=1+1", "⟨U+202E⟩=1+1"),
        ("\0=1\u{1b}[2J", "⟨U+0000⟩=1⟨U+001B⟩[2J"),
        ("plain", "plain"),
        ("", ""),
    ] {
        assert_eq!(table::neutral(cell), safe);
    }
    let records = records([begun(started()), note("=cmd|' /C calc'!A0")]);
    let rows = exported(&records, Format::Csv);
    assert!(rows.contains(",'=cmd|"), "{rows}");
}

#[test]
fn a_json_export_verifies_and_every_change_to_it_is_found() {
    let text = exported(&records(held(|_| {})), Format::Json);
    assert_eq!(verify(&text).expect("untouched").events, 8);
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

/// An export's records, changed, and sealed anew as whoever can write the file can.
fn sealed_anew(change: impl Fn(&mut Value)) -> String {
    let text = exported(&records(held(|_| {})), Format::Json);
    let mut file: Value = serde_json::from_str(&text).expect("is JSON");
    change(&mut file);
    let mut prev = "0".repeat(64);
    let events = file["events"].as_array_mut().expect("a list");
    for event in events.iter_mut() {
        event["prev"] = json!(prev);
        prev = holdpoint_domain::session::hash_of(event);
        event["hash"] = json!(prev);
    }
    file["head"]["hash"] = json!(prev);
    file.to_string()
}

#[test]
fn a_file_that_can_be_read_in_two_ways_is_not_as_it_was_exported() {
    let text = exported(&records(held(|_| {})), Format::Json);
    for (old, new) in [
        ("{\n", "{\n  \"events\": [],\n"),
        ("{\n", "{\n  \"version\": 1,\n"),
        ("\"head\": {", "\"head\": {\"seq\": 1, "),
        ("\"summary\": {", "\"summary\": {\"captain\": \"Eve\","),
        ("\"name\":\"Ada\"", "\"n\\u0061me\":\"Eve\",\"name\":\"Ada\""),
        ("\"outcome\":\"fail\"", "\"outcome\":\"pass\",\"outcome\":\"fail\""),
    ] {
        let forged = text.replacen(old, new, 1);
        assert_ne!(forged, text, "{old}");
        assert!(matches!(verify(&forged), Err(VerifyError::Twice(_))), "{new}");
    }
    let forged = text.trim_end().trim_end_matches('}').to_owned() + ", \"events\": []}";
    assert!(matches!(verify(&forged), Err(VerifyError::Twice(_))));
}

#[test]
fn what_was_sealed_anew_is_held_to_what_every_export_is() {
    assert_eq!(verify(&sealed_anew(|_| {})).expect("untouched").events, 8);
    for (change, expected) in [
        (
            (|file| file["events"][2]["at"] = json!("2020-01-01T00:00:00Z")) as fn(&mut Value),
            "Event 3 is from before",
        ),
        (
            |file| file["events"][0]["at"] = json!("2030-01-01T00:00:00Z"),
            "Event 2 is from before",
        ),
        (
            |file| file["events"][3]["event"]["verdict"]["finished"] = json!("2030-01-01T00:00:00Z"),
            "Event 4 is from before",
        ),
        (|file| file["events"][1]["v"] = json!(2), "Event 2 is of version 2"),
        (
            |file| file["events"][1]["approved"] = json!(null),
            "Event 2 has the field “approved”",
        ),
        (
            |file| file["events"][3]["event"]["verdict"]["signed"] = json!(true),
            "Event 4 has the field “signed”",
        ),
        (
            |file| file["note"] = json!("all is well"),
            "The file has the field “note”",
        ),
        (
            |file| file["head"]["signed"] = json!(true),
            "The file’s “head” has the field “signed”",
        ),
        (
            |file| file["summary"]["signed"] = json!(true),
            "The file’s “summary” has the field “signed”",
        ),
    ] {
        let error = verify(&sealed_anew(change))
            .expect_err(expected)
            .to_string()
            .replace('\'', "’");
        assert!(error.starts_with(expected), "{error}\n{expected}");
    }
}

#[test]
fn what_a_file_cannot_prove_by_itself_is_said() {
    let open = verify(&exported(&records(held(|_| {})), Format::Json)).expect("untouched");
    assert!(open.unproven[0].contains("seal all of it anew"));
    assert!(open.unproven[1].contains("is not closed"));
    let events = held(|_| {}).into_iter().chain([closed(SessionOutcome::Abandoned, "")]);
    let closed = verify(&exported(&records(events), Format::Json)).expect("untouched");
    assert!(closed.unproven[1].contains("can follow the closing"));
}

#[test]
fn every_export_says_what_rests_on_the_word_of_a_browser() {
    let events = held(|one| one.gates.values_mut().for_each(|gate| gate.direct_decides = true));
    let seen = Event::GateObserved {
        observation: Uuid::from_u128(77),
        step: "release/verify".to_owned(),
        gate: "contract".to_owned(),
        verdict: log::verdict(Outcome::Pass),
    };
    let ticked = Event::StepTicked {
        step: "release/verify".to_owned(),
        by: holdpoint_domain::session::TickedBy::Gate {
            run: Uuid::from_u128(77),
        },
    };
    let log = records(events.into_iter().take(2).chain([seen, ticked]));
    for (format, said) in [
        (
            Format::Md,
            "> **A BROWSER'S WORD.** What ticked these steps was seen by the captain's browser alone; the proxy did not ask: VERIFY.",
        ),
        (Format::Html, "did not ask: VERIFY."),
        (Format::Csv, "VERIFY,\"ticked by its gates, on the word of a browser\""),
        (Format::Json, "\"on_browsers_word\": [\n      \"VERIFY\"\n    ]"),
    ] {
        let text = exported(&log, format);
        assert!(text.contains(said), "{said}\n{text}");
        let without = exported(&records(held(|_| {})), format);
        assert!(!without.to_lowercase().contains("browser"), "{without}");
    }
    assert!(verify(&exported(&log, Format::Json)).is_ok());
}

#[test]
fn nothing_is_exported_from_a_log_without_a_start() {
    assert!(matches!(
        export(&[], 1, LinkedSessions::default(), Format::Md),
        Err(ExportError::NoStart)
    ));
}

#[test]
fn the_json_export_begins_with_what_the_session_came_to() {
    let mut events = held(|_| {});
    events.extend(ran(3, Outcome::Pass));
    events.extend([rolled_back(), closed(SessionOutcome::RolledBack, "")]);
    let records = records(events);
    let file: Value = serde_json::from_str(&exported(&records, Format::Json)).expect("is JSON");
    assert_eq!(
        file["summary"],
        json!({
            "id": "2025-11-20-01",
            "number": 1,
            "runbook": "Demo",
            "procedure": "Golden release procedure",
            "environment": "Production",
            "rehearsal": false,
            "version": "v1.4.2",
            "git_sha": "a1b2c3d4",
            "captain": "Ada",
            "severity": "SEV-2",
            "standing": "rolled_back",
            "created": "2025-11-20T12:00:00Z",
            "resolved": "2025-11-20T12:00:00Z",
            "done": 1,
            "steps": 2,
            "passed": 1,
            "failed": 1,
            "inconclusive": 1,
            "holds": [{
                "step": "VERIFY",
                "gate": "The contract gate",
                "from": "2025-11-20T12:00:00Z",
                "to": "2025-11-20T12:00:00Z",
                "seconds": 0,
                "ended_by": "pass",
            }],
            "seconds_on_hold": 0,
            "undoes": null,
            "undone_by": "00000000-0000-0000-0000-000000000063",
        })
    );
    assert_eq!(
        (&file["format"], &file["version"], &file["rehearsal"]),
        (&json!("holdpoint-session"), &json!(1), &json!(false))
    );
    assert_eq!(file["head"], json!({"seq": 12, "hash": records[11].hash}));
    assert_eq!(
        file["events"][1]["event"],
        json!({"type": "step_ticked", "step": "release/freeze", "by": {"kind": "person"}})
    );
}

#[test]
fn the_table_has_a_row_for_each_event() {
    let rows = exported(&records(held(|_| {})), Format::Csv);
    let rows: Vec<&str> = rows.lines().collect();
    assert_eq!(rows.len(), 9);
    assert_eq!(
        rows[0],
        "seq,time (UTC),who,subject,what,verdict,detail,step,gate,rehearsal,linked session,asked (UTC),answered (UTC),seconds,\
         attempts,source,request,expectations,output,output size,events,hash,starred by,caption"
    );
    assert!(
        rows[2].starts_with("2,2025-11-20 12:00:00.000,Ada,FREEZE,ticked,,,release/freeze,,no,"),
        "{}",
        rows[2]
    );
    assert!(
        rows[4].starts_with(
            "4,2025-11-20 12:00:00.000,Ada,The contract gate,failed,fail,Status: 503; expected: 200.,release/verify,contract,no,"
        ),
        "{}",
        rows[4]
    );
}

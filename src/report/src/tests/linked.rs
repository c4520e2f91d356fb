//! What exports say of linked sessions.

use holdpoint_domain::gate::Outcome;
use holdpoint_domain::session::{Event, Record, SessionOutcome, TickedBy};
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::*;
use super::log::{begun, closed, ran, records, records_of, rolled_back, started, ticked};
use super::{export, linked_session};

/// A session that was closed as rolled back.
fn undone() -> Vec<Record> {
    records([begun(started()), rolled_back(), closed(SessionOutcome::RolledBack, "")])
}

/// Its rollback, one of two steps done, with what came then.
fn rollback(then: impl IntoIterator<Item = Event>) -> Vec<Record> {
    let mut one = started();
    one.undoes = Some(Uuid::from_u128(7));
    std::sync::Arc::make_mut(&mut one.procedure).title = "Go | back".to_owned();
    records_of(99, [begun(one), ticked("freeze")].into_iter().chain(then))
}

fn told(session: u128, log: Option<&[Record]>) -> LinkedSessions {
    LinkedSessions {
        undoes: None,
        undone_by: Some(linked_session(session, log.map(<[Record]>::to_vec))),
    }
}

fn exported(log: &[Record], linked: &LinkedSessions, format: Format) -> String {
    export(log, 1, linked.clone(), format).expect("exports")
}

#[test]
fn a_rollback_that_is_undone_itself_is_not_told_as_one_that_undid_anything() {
    let done = rollback([ticked("verify"), closed(SessionOutcome::Completed, "")]);
    for is_undone in [false, true] {
        let mut linked = told(99, Some(&done));
        linked.undone_by.as_mut().expect("it is there").is_undone = is_undone;
        let text = exported(&undone(), &linked, Format::Md);
        for said in [
            "A ROLLBACK OF THE ROLLBACK WAS STARTED.",
            "2 of 2 steps done; a rollback of it was started, too",
        ] {
            assert_eq!(text.contains(said), is_undone, "{said}: {text}");
        }
    }
}

#[test]
fn nothing_is_rolled_back_by_what_was_undone_itself_or_left_steps_out() {
    let whole = rollback([ticked("verify"), closed(SessionOutcome::Completed, "")]);
    let skipped = Event::StepSkipped {
        step: "release/verify".to_owned(),
        reason: "No time.".to_owned(),
    };
    let in_part = rollback([skipped, closed(SessionOutcome::Completed, "")]);
    let release = records([begun(started()), closed(SessionOutcome::Completed, "")]);
    for (log, is_undone, is_back) in [(&whole, false, true), (&whole, true, false), (&in_part, false, false)] {
        let mut linked = told(99, Some(log));
        linked.undone_by.as_mut().expect("it is there").is_undone = is_undone;
        let text = exported(&release, &linked, Format::Md);
        assert_eq!(text.contains("completed; rolled back afterwards"), is_back, "{text}");
        assert_eq!(text.contains("| Rolled back |"), is_back, "{text}");
        assert_eq!(text.contains("a rollback was completed"), !is_undone, "{text}");
    }
}

#[test]
fn a_session_that_is_closed_as_rolled_back_says_how_its_rollback_went() {
    let given_up = rollback([closed(SessionOutcome::Abandoned, "")]);
    for (linked, title, stands) in [
        (
            told(99, Some(&given_up)),
            "THE ROLLBACK WAS NOT FINISHED.",
            "was given up, 1 of 2 steps done",
        ),
        (
            told(99, Some(&rollback([]))),
            "THE ROLLBACK IS NOT FINISHED.",
            "is under way, 1 of 2 steps done",
        ),
        (
            told(99, None),
            "HOW THE ROLLBACK WENT IS NOT KNOWN.",
            "how it went is not known",
        ),
        // Nothing was looked up, or something else.
        (
            LinkedSessions::default(),
            "HOW THE ROLLBACK WENT IS NOT KNOWN.",
            "how it went is not known",
        ),
        (
            told(98, Some(&given_up)),
            "HOW THE ROLLBACK WENT IS NOT KNOWN.",
            "how it went is not known",
        ),
    ] {
        let report = exported(&undone(), &linked, Format::Md);
        let head = report.split("## Timeline").next().expect("a head");
        assert!(head.contains(&format!("> **{title}**")), "{title}\n{head}");
        assert!(
            head.contains("Nothing here shows that what this session did was undone."),
            "{head}"
        );
        assert!(head.contains(&format!(": {stands} |")), "{stands}\n{head}");
        let page = exported(&undone(), &linked, Format::Html);
        assert!(page.contains(title), "{page}");
        let table = exported(&undone(), &linked, Format::Csv);
        assert_eq!(
            table.matches(stands).count(),
            2,
            "the rollback's start and the closing say it\n{table}"
        );
    }
    let finished = told(99, Some(&rollback([closed(SessionOutcome::Completed, "")])));
    let report = exported(&undone(), &finished, Format::Md);
    assert!(!report.contains("THE ROLLBACK"), "{report}");
    for said in [
        "Its rollback is Go \\| back v1.4.2, which was completed, 1 of 2 steps done.",
        "- Undone by Go \\| back v1.4.2: was completed, 1 of 2 steps done, closed 2025-11-20 12:00:00 UTC (session \
         `00000000-0000-0000-0000-000000000063`)",
        "Rollback of Golden release procedure v1.4.2: started",
    ] {
        assert!(report.contains(said), "{said}\n{report}");
    }
}

#[test]
fn a_rollback_says_how_what_it_undoes_stands() {
    let mut one = started();
    one.undoes = Some(Uuid::from_u128(5));
    let log = records([begun(one)]);
    let linked = LinkedSessions {
        undoes: Some(linked_session(5, Some(undone()))),
        undone_by: None,
    };
    for format in [Format::Md, Format::Html, Format::Csv] {
        let text = exported(&log, &linked, format);
        let said = "Golden release procedure v1.4.2: was closed as rolled back, 0 of 2 steps done";
        assert!(text.contains(said), "{text}");
    }
}

#[test]
fn the_json_export_has_links_apart_and_names_no_other_sessions_than_the_events() {
    let given_up = rollback([closed(SessionOutcome::Abandoned, "")]);
    let text = exported(&undone(), &told(99, Some(&given_up)), Format::Json);
    let file: Value = serde_json::from_str(&text).expect("is JSON");
    assert_eq!(
        file["linked"],
        json!({"undone_by": {
            "session": Uuid::from_u128(99),
            "known": {
                "procedure": "Go | back",
                "version": "v1.4.2",
                "standing": "abandoned",
                "done": 1,
                "steps": 2,
                "closed": "2025-11-20T12:00:00Z",
            },
            "events": given_up,
        }})
    );
    let verified = verify(&text).expect("untouched");
    assert!(verified.unproven.iter().any(|said| said.contains("linked sessions")));
    for spoil in [
        (|file| file["linked"]["undone_by"]["session"] = json!(Uuid::from_u128(98))) as fn(&mut Value),
        |file| file["linked"]["undone_by"]["known"]["steps"] = json!("many"),
        |file| file["linked"]["undone_by"]["signed"] = json!(true),
        |file| file["linked"]["undoes"] = file["linked"]["undone_by"].clone(),
    ] {
        let mut file = file.clone();
        spoil(&mut file);
        assert_eq!(verify(&file.to_string()), Err(VerifyError::Links));
    }
}

#[test]
fn what_a_file_says_of_its_rollback_is_held_to_the_rollbacks_own_log() {
    let text = exported(
        &undone(),
        &told(99, Some(&rollback([closed(SessionOutcome::Completed, "")]))),
        Format::Json,
    );
    let file: Value = serde_json::from_str(&text).expect("is JSON");
    let spoilt = |spoil: &dyn Fn(&mut Value)| {
        let mut file = file.clone();
        spoil(&mut file);
        verify(&file.to_string())
    };
    let role = "the rollback";
    for field in ["standing", "version", "closed", "procedure"] {
        let other =
            json!({"standing": "abandoned", "version": "v2", "closed": null, "procedure": "Go on"})[field].clone();
        let error = spoilt(&|file| file["linked"]["undone_by"]["known"][field] = other.clone());
        assert_eq!(error, Err(VerifyError::LinkedAltered { role }), "{field}");
    }
    // What is counted by rules may have been counted by another version's.
    for (field, written, made) in [
        ("done", json!(2), "1"),
        ("left_out", json!([{"step": "VERIFY", "reason": "no time"}]), "[]"),
        ("without_pass", json!(["VERIFY"]), "[]"),
    ] {
        let verified = spoilt(&|file| file["linked"]["undone_by"]["known"][field] = written.clone());
        let otherwise = verified.expect("another version's").otherwise_made;
        let told: Vec<String> = otherwise.iter().map(ToString::to_string).collect();
        let said = format!(
            "The rollback's “{field}” is {written}, and this version of Holdpoint makes {made} of the same events"
        );
        assert!(told.len() == 1 && told[0].starts_with(&said), "{told:?}");
    }
    let error = spoilt(&|file| file["linked"]["undone_by"]["known"] = json!(null));
    assert_eq!(error, Err(VerifyError::LinkedAltered { role }));
    let error = spoilt(&|file| file["linked"]["undone_by"]["events"][1]["actor"]["name"] = json!("Eve"));
    let error = error.expect_err("altered").to_string();
    assert!(
        error.starts_with("In the log of the rollback, which this file has beside its own: Event 2 was altered"),
        "{error}"
    );
    // The log of another session, whole as it is.
    let mut other = started();
    other.undoes = Some(Uuid::from_u128(8));
    let other = records_of(99, [begun(other)]);
    let known = linked_session(99, Some(other.clone())).known;
    let error = spoilt(&|file| {
        file["linked"]["undone_by"]["events"] = json!(other);
        file["linked"]["undone_by"]["known"] = json!(known);
    });
    assert_eq!(error, Err(VerifyError::LinkedOther { role }));
}

#[test]
fn a_file_without_its_rollbacks_log_is_said_to_be_so() {
    let text = exported(
        &undone(),
        &told(99, Some(&rollback([closed(SessionOutcome::Completed, "")]))),
        Format::Json,
    );
    let file: Value = serde_json::from_str(&text).expect("is JSON");
    let session = Uuid::from_u128(99);
    let begins = format!("This file has no log of the rollback ({session}), which event 2 names: ");
    for (spoil, ends) in [
        (
            (|file| {
                file.as_object_mut().expect("an object").remove("linked");
            }) as fn(&mut Value),
            "how that session went, it does not say.",
        ),
        (
            |file| file["linked"]["undone_by"] = json!({"session": Uuid::from_u128(99), "known": null}),
            "how that session went, it does not say.",
        ),
        (
            |file| {
                let one = file["linked"]["undone_by"].as_object_mut().expect("an object");
                one.remove("events");
                one["known"]["standing"] = json!("abandoned");
            },
            "what it says of that session is proven by nothing in it.",
        ),
    ] {
        let mut file = file.clone();
        spoil(&mut file);
        let unproven = verify(&file.to_string()).expect("says nothing that is not so").unproven;
        assert!(
            unproven.iter().any(|one| *one == format!("{begins}{ends}")),
            "{ends}\n{unproven:?}"
        );
    }
    let whole = verify(&text).expect("untouched").unproven;
    assert!(!whole.iter().any(|one| one.contains("no log")), "{whole:?}");
}

/// What a rollback may come to: one step gone on with without a pass, and one left out.
fn with_gaps() -> Vec<Record> {
    let run = Uuid::from_u128(1);
    let mut events = ran(1, Outcome::Fail);
    events.push(Event::ProceededWithCaution {
        step: "release/verify".to_owned(),
        gate: "contract".to_owned(),
        run,
        reason: "it is an old view".to_owned(),
    });
    events.push(Event::StepTicked {
        step: "release/verify".to_owned(),
        by: TickedBy::Caution { run },
    });
    events.push(closed(SessionOutcome::Completed, ""));
    let mut one = started();
    one.undoes = Some(Uuid::from_u128(7));
    std::sync::Arc::make_mut(&mut one.procedure).title = "Go back".to_owned();
    let left_out = Event::StepSkipped {
        step: "release/freeze".to_owned(),
        reason: "the tables | are kept".to_owned(),
    };
    records_of(99, [begun(one), left_out].into_iter().chain(events))
}

#[test]
fn a_step_that_was_left_out_or_done_without_a_pass_is_not_told_as_done() {
    let rollback = with_gaps();
    let linked = told(99, Some(&rollback));
    let said =
        "was completed, 1 of 2 steps done (1 without a pass: VERIFY), 1 left out (FREEZE: the tables | are kept)";
    let escaped = said.replace('|', "\\|");
    for (format, said, times) in [
        (Format::Md, &*escaped, 4),
        (Format::Html, said, 4),
        (Format::Csv, said, 2),
    ] {
        let text = exported(&undone(), &linked, format);
        assert_eq!(text.matches(said).count(), times, "{said}\n{text}");
    }
    let file: Value = serde_json::from_str(&exported(&undone(), &linked, Format::Json)).expect("is JSON");
    let known = &file["linked"]["undone_by"]["known"];
    assert_eq!(
        (&known["done"], &known["left_out"], &known["without_pass"]),
        (
            &json!(1),
            &json!([{"step": "FREEZE", "reason": "the tables | are kept"}]),
            &json!(["VERIFY"])
        )
    );
    // Its own report says the same of it.
    let own = exported(&rollback, &LinkedSessions::default(), Format::Md);
    assert!(
        own.contains(
            ": 1 of 2 steps done (1 without a pass: VERIFY), 1 left out (FREEZE: the tables \\| are kept). Gate runs"
        ),
        "{own}"
    );
    let file: Value =
        serde_json::from_str(&exported(&rollback, &LinkedSessions::default(), Format::Json)).expect("JSON");
    assert_eq!(
        (&file["summary"]["done"], &file["summary"]["left_out"][0]["step"]),
        (&json!(1), &json!("FREEZE"))
    );
}

#[test]
fn a_report_says_what_the_rollback_did() {
    let linked = told(99, Some(&with_gaps()));
    let report = exported(&undone(), &linked, Format::Md);
    let section = report.split("## Rollback: what it did").nth(1).expect("a section");
    let section = section.split("\n## ").next().expect("a section");
    for said in [
        "**Go back v1.4.2** was completed, ",
        "Session `00000000-0000-0000-0000-000000000063`.",
        "| 2025-11-20 12:00:00 | Ada | FREEZE: left out |  | the tables \\| are kept |",
        "| Ada | The contract gate: failed | FAIL | Status: 503; expected: 200. |",
        "| Ada | VERIFY: gone on with, without a pass |  | The contract gate had not passed; Ada: it is an old view |",
        "| The contract gate | VERIFY | 2025-11-20 12:00:00 | 2025-11-20 12:00:00 | 0 s | the decision to proceed with caution |",
    ] {
        assert!(section.contains(said), "{said}\n{section}");
    }
    let page = exported(&undone(), &linked, Format::Html);
    assert!(
        page.contains("<h2>Rollback: what it did</h2>") && page.contains("FREEZE: left out"),
        "{page}"
    );
    let unknown = exported(&undone(), &told(99, None), Format::Md);
    assert!(
        unknown.contains("## Rollback: what it did\n\nThe log of the rollback's session"),
        "{unknown}"
    );
}

#[test]
fn what_a_rollback_undoes_does_not_read_as_if_the_undoing_were_undone() {
    let mut one = started();
    one.undoes = Some(Uuid::from_u128(7));
    let release = records([begun(started()), ticked("freeze"), rolled_back()]);
    let linked = LinkedSessions {
        undoes: Some(linked_session(7, Some(release))),
        undone_by: None,
    };
    let log = records_of(99, [begun(one)]);
    let report = exported(&log, &linked, Format::Md);
    assert!(
        report.contains(
            "It undoes Golden release procedure v1.4.2, which is not closed yet, 1 of 2 steps done before its rollback was started."
        ),
        "{report}"
    );
    assert!(!report.contains("undone itself"), "{report}");
    assert!(verify(&exported(&log, &linked, Format::Json)).is_ok());
}

/// A release that was closed as completed and undone later is nowhere told as if it stood.
#[test]
fn what_was_rolled_back_after_its_closing_is_not_told_as_completed_alone() {
    let log = records([
        begun(started()),
        closed(SessionOutcome::Completed, "v1.4.2 is out, all well."),
    ]);
    let ended = |outcome| records_of(99, [begun(started()), closed(outcome, "")]);
    let open = records_of(99, [begun(started())]);
    for (rollback, status, sentence, row) in [
        (
            Some(ended(SessionOutcome::Completed)),
            "| Status | completed; rolled back afterwards |\n",
            "was completed after 0 s and rolled back afterwards: ",
            true,
        ),
        (
            Some(ended(SessionOutcome::Abandoned)),
            "| Status | completed; afterwards: rollback given up |\n",
            "was completed after 0 s, and a rollback was started afterwards: ",
            false,
        ),
        (
            Some(open),
            "| Status | completed; afterwards: rolling back |\n",
            ", and a rollback was started afterwards: ",
            false,
        ),
        (
            None,
            "| Status | completed; afterwards: rollback started |\n",
            ", and a rollback was started afterwards: ",
            false,
        ),
    ] {
        let report = exported(&log, &told(99, rollback.as_deref()), Format::Md);
        for part in [
            status,
            sentence,
            "| Closed | 2025-11-20 12:00:00 UTC |\n",
            "\nAda wrote at the closing, 2025-11-20 12:00:00 UTC: “v1.4.2 is out, all well.”\n",
        ] {
            assert!(report.contains(part), "{part}\n{report}");
        }
        assert!(!report.contains("Resolved"), "{report}");
        assert_eq!(
            report.contains("| Rolled back | 2025-11-20 12:00:00 UTC |\n"),
            row,
            "{report}"
        );
    }
    let before = records([begun(started()), rolled_back(), closed(SessionOutcome::Abandoned, "")]);
    let report = exported(&before, &told(99, Some(&ended(SessionOutcome::Completed))), Format::Md);
    assert!(report.contains("| Status | given up |\n"), "{report}");
}

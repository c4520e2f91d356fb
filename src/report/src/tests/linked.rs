//! What exports say of linked sessions.

use holdpoint_domain::session::{Event, Record, SessionOutcome, State};
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::*;
use super::log::{begun, closed, records, rolled_back, started, ticked};

/// A session that was closed as rolled back.
fn undone() -> Vec<Record> {
    records([begun(started()), rolled_back(), closed(SessionOutcome::RolledBack, "")])
}

/// Its rollback, one of two steps done, with what came then.
fn rollback(then: Option<Event>) -> State {
    let mut one = started();
    one.undoes = Some(Uuid::from_u128(7));
    std::sync::Arc::make_mut(&mut one.procedure).title = "Go | back".to_owned();
    State::fold(&records([begun(one), ticked("freeze")].into_iter().chain(then)))
}

fn told(session: u128, state: Option<&State>) -> LinkedSessions {
    LinkedSessions {
        undoes: None,
        undone_by: Some(LinkedSession::new(Uuid::from_u128(session), state)),
    }
}

fn exported(log: &[Record], linked: &LinkedSessions, format: Format) -> String {
    export(log, 1, linked.clone(), format).expect("exports")
}

#[test]
fn a_session_that_is_closed_as_rolled_back_says_how_its_rollback_went() {
    let given_up = rollback(Some(closed(SessionOutcome::Abandoned, "")));
    for (linked, title, stands) in [
        (
            told(99, Some(&given_up)),
            "THE ROLLBACK WAS NOT FINISHED.",
            "was given up, 1 of 2 steps done",
        ),
        (
            told(99, Some(&rollback(None))),
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
    let finished = told(99, Some(&rollback(Some(closed(SessionOutcome::Completed, "")))));
    let report = exported(&undone(), &finished, Format::Md);
    assert!(!report.contains("THE ROLLBACK"), "{report}");
    for said in [
        "Its rollback is Go \\| back v1.4.2: was completed, 1 of 2 steps done.",
        "- Undone by session `00000000-0000-0000-0000-000000000063`, Go \\| back v1.4.2: was completed, 1 of 2 steps done, closed \
         2025-11-20 12:00:00",
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
        undoes: Some(LinkedSession::new(Uuid::from_u128(5), Some(&State::fold(&undone())))),
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
    let given_up = rollback(Some(closed(SessionOutcome::Abandoned, "")));
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
        }})
    );
    let verified = verify(&text).expect("untouched");
    assert!(verified.unproven.iter().any(|said| said.contains("linked sessions")));
    for spoil in [
        (|file| file["linked"]["undone_by"]["session"] = json!(Uuid::from_u128(98))) as fn(&mut Value),
        |file| file["linked"]["undone_by"]["known"]["steps"] = json!("many"),
        |file| file["linked"]["undone_by"]["signed"] = json!(true),
        |file| file["linked"]["undoes"] = file["linked"]["undone_by"].clone(),
        |file| {
            file.as_object_mut().expect("an object").remove("linked");
        },
    ] {
        let mut file = file.clone();
        spoil(&mut file);
        assert_eq!(verify(&file.to_string()), Err(VerifyError::Links));
    }
}

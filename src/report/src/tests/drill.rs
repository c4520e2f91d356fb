//! A drill's score in exports.

use holdpoint_domain::gate::Outcome;
use holdpoint_domain::session::{
    DrillMark, DrillPlan, DrillTrigger, Event, PlannedFault, Record, SealedDrill, SessionOutcome,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::*;
use super::log::{begun, closed, note, ran, rolled_back, started, timed};
use super::{export, linked_session};

/// The contract's fault strikes at 60 s.
fn sealed() -> SealedDrill {
    SealedDrill {
        plan: DrillPlan {
            drill: "bad-deploy".to_owned(),
            title: "Bad | deploy".to_owned(),
            seed: "4f1c".to_owned(),
            faults: vec![PlannedFault {
                fault: "contract:status".to_owned(),
                title: "Contract down".to_owned(),
                gates: vec!["contract".to_owned()],
                from: DrillTrigger::Start,
                after_seconds: 60,
                lasts_seconds: None,
            }],
        },
        salt: "s".repeat(32),
    }
}

fn begun_of(commitment: Option<String>) -> Event {
    let mut one = started();
    one.rehearsal = true;
    one.drill = Some(DrillMark {
        title: None,
        commitment,
    });
    begun(one)
}

/// The gate fails at 90 s; somebody had written something at 70 s, and rolls back at 150 s.
fn drill(ended: bool) -> Vec<Record> {
    let mut events = vec![
        (0, begun_of(Some(sealed().commitment()))),
        (70, note("something | is odd")),
    ];
    events.extend(ran(1, Outcome::Fail).into_iter().map(|event| (90, event)));
    events.push((150, rolled_back()));
    if ended {
        let drill = Box::new(sealed());
        events.push((200, Event::DrillRevealed { drill }));
        events.push((200, closed(SessionOutcome::RolledBack, "")));
    }
    timed(7, events)
}

/// The rollback, completed a minute and a half after the decision.
fn with_rollback() -> LinkedSessions {
    let mut one = started();
    one.undoes = Some(Uuid::from_u128(7));
    one.rehearsal = true;
    one.drill = Some(DrillMark {
        title: None,
        commitment: None,
    });
    let log = timed(99, [(150, begun(one)), (240, closed(SessionOutcome::Completed, ""))]);
    LinkedSessions {
        undoes: None,
        undone_by: Some(linked_session(99, Some(log))),
    }
}

fn exported(log: &[Record], linked: &LinkedSessions, format: Format) -> String {
    export(log, 1, linked.clone(), format).expect("exports")
}

fn file_of(log: &[Record], linked: &LinkedSessions) -> Value {
    serde_json::from_str(&exported(log, linked, Format::Json)).expect("is JSON")
}

#[test]
fn a_drill_is_told_with_its_score() {
    let (log, linked) = (drill(true), with_rollback());
    let report = exported(&log, &linked, Format::Md);
    for part in [
        "## Drill\n\n**Bad \\| deploy**, seed “4f1c”.",
        "| Contract down | 1 min after the start | contract | 2025-11-20 12:01:00 | NOTICED | 10 s: Ada noted “something \\| is odd” \
         | 1 min: roll back, by Ada | 1 min 30 s |",
        "The rollback was completed in 1 min 30 s.",
        "### Wrong turns\n\nNone that the log shows.",
        "### Steps that could not be followed\n\nNobody said so of any step.",
    ] {
        assert!(report.contains(part), "{part:?} is missing in\n{report}");
    }
    let page = exported(&log, &linked, Format::Html);
    assert!(page.contains("<td>1 min: roll back, by Ada</td>"), "{page}");
    let score = &file_of(&log, &linked)["drill_score"];
    assert_eq!(score["faults"][0]["noticed"]["seconds"], json!(10));
    assert_eq!(score["faults"][0]["roll_back_seconds"], json!(90));
    // Of a rollback that was not read nothing is measured.
    let alone = exported(&log, &LinkedSessions::default(), Format::Md);
    assert!(
        alone.contains("n.a.: the rollback is not known to be completed |"),
        "{alone}"
    );
}

#[test]
fn before_its_end_nothing_is_told_of_a_drills_faults() {
    let log = drill(false);
    let report = exported(&log, &with_rollback(), Format::Md);
    let part =
        "## Drill\n\nWhich faults strike and when is revealed when the session is closed, and the score with it.\n";
    assert!(report.contains(part), "{report}");
    let score = &file_of(&log, &with_rollback())["drill_score"];
    assert_eq!((&score["faults"], &score["seed"]), (&json!([]), &Value::Null));
    // The rollback of a drill has no score of its own, and other sessions say nothing of drills.
    for (first, told) in [
        (begun_of(None), "## Drill\n\nThis rollback is part of a drill."),
        (begun(started()), "## Executive summary"),
    ] {
        let log = timed(7, [(0, first)]);
        let report = exported(&log, &LinkedSessions::default(), Format::Md);
        assert!(report.contains(told), "{report}");
        assert_eq!(report.contains("## Drill"), told.contains("## Drill"), "{report}");
        assert_eq!(file_of(&log, &LinkedSessions::default()).get("drill_score"), None);
    }
}

#[test]
fn a_score_is_held_to_the_events() {
    let (log, linked) = (drill(true), with_rollback());
    let honest = file_of(&log, &linked);
    let checked = verify(&honest.to_string()).expect("untouched");
    assert_eq!(checked.otherwise_made, []);
    let with = |place: &str, value: Value| {
        let mut file = honest.clone();
        *file.pointer_mut(place).expect("it is there") = value;
        verify(&file.to_string())
    };
    for (place, value) in [
        ("/drill_score/seed", json!("other")),
        ("/drill_score/title", json!("Easy drill")),
        ("/drill_score/captain", json!("Robin")),
    ] {
        assert_eq!(with(place, value), Err(VerifyError::ScoreAltered), "{place}");
    }
    for (place, value, part) in [
        ("/drill_score/faults/0/noticed/seconds", json!(1), "faults"),
        ("/drill_score/rollback/end", json!("given_up"), "rollback"),
        ("/drill_score/turns", json!([1]), "turns"),
    ] {
        let parts: Vec<&str> = with(place, value)
            .expect("told apart")
            .otherwise_made
            .iter()
            .map(|one| one.part)
            .collect();
        assert_eq!(parts, [part], "{place}");
    }
    let mut added = honest.clone();
    added["drill_score"]["grade"] = json!("A");
    assert!(matches!(
        verify(&added.to_string()),
        Err(VerifyError::UnknownField { .. })
    ));
    let mut without = honest.clone();
    without.as_object_mut().expect("an object").remove("drill_score");
    let told = verify(&without.to_string())
        .expect("an earlier version's")
        .otherwise_made;
    assert_eq!((told.len(), told[0].part), (1, "drill_score"));
    // Nobody gives a score to a session that is no drill.
    let other = timed(7, [(0, begun(started()))]);
    let mut other = file_of(&other, &LinkedSessions::default());
    other["drill_score"] = honest["drill_score"].clone();
    assert_eq!(verify(&other.to_string()), Err(VerifyError::ScoreAltered));
}

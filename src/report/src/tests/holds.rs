//! How long gates held, in every export.

use holdpoint_domain::gate::Outcome;
use holdpoint_domain::runbook::OnFail;
use holdpoint_domain::session::{Event, LiftedBy, Record, SessionOutcome};
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::*;
use super::exported;
use super::log::{begun, closed, ran, rolled_back, started, timed};

/// A session in which two gates held, with what came then.
fn held(then: impl IntoIterator<Item = (i64, Event)>) -> Vec<Record> {
    let mut one = started();
    let mut second = one.gates["contract"].clone();
    (second.id, second.title) = ("health".to_owned(), "Health".to_owned());
    one.gates.insert("health".to_owned(), second);
    let mut events = vec![(0, begun(one))];
    events.extend(ran(1, Outcome::Fail).into_iter().map(|event| (10, event)));
    events.push((20, hold("health", 3)));
    events.extend(then);
    timed(7, events)
}

fn hold(gate: &str, run: u128) -> Event {
    Event::HoldPlaced {
        step: "release/verify".to_owned(),
        gate: gate.to_owned(),
        run: Uuid::from_u128(run),
        reason: "It failed.".to_owned(),
        advice: OnFail::Stop,
    }
}

fn at(seconds: i64, events: Vec<Event>) -> Vec<(i64, Event)> {
    events.into_iter().map(|event| (seconds, event)).collect()
}

fn lifted(by: LiftedBy) -> Event {
    Event::HoldLifted { by }
}

/// The gate, how long it held and what ended that, of each hold; and the seconds on hold.
fn told(log: &[Record]) -> (Vec<(String, u64, Value)>, Value) {
    let file: Value = serde_json::from_str(&exported(log, Format::Json)).expect("is JSON");
    let holds = file["summary"]["holds"].as_array().cloned().unwrap_or_default();
    let of = |hold: &Value| {
        let gate = hold["gate"].as_str().expect("a title").to_owned();
        (
            gate,
            hold["seconds"].as_u64().expect("a number"),
            hold["ended_by"].clone(),
        )
    };
    (
        holds.iter().map(of).collect(),
        file["summary"]["seconds_on_hold"].clone(),
    )
}

#[test]
fn each_hold_says_how_long_it_lasted_and_what_ended_it() {
    let run = Uuid::from_u128(2);
    let caution = Event::ProceededWithCaution {
        step: "release/verify".to_owned(),
        gate: "health".to_owned(),
        run: Uuid::from_u128(3),
        reason: "known".to_owned(),
    };
    let gates = |first: (u64, &str), second: (u64, &str)| {
        let one = |gate: &str, (seconds, by): (u64, &str)| {
            let by = if by.is_empty() { Value::Null } else { json!(by) };
            (gate.to_owned(), seconds, by)
        };
        vec![one("The contract gate", first), one("Health", second)]
    };
    // Another failure of what holds already goes on with the hold; the second gate is let through, and the first one passes.
    let mut then = vec![(30, hold("contract", 1)), (40, caution)];
    then.extend(at(130, ran(2, Outcome::Pass)));
    then.push((131, lifted(LiftedBy::Pass { run })));
    assert_eq!(told(&held(then)), (gates((120, "pass"), (20, "caution")), json!(120)));
    let session = Uuid::from_u128(99);
    let then = [(70, lifted(LiftedBy::Rollback { session })), (70, rolled_back())];
    assert_eq!(
        told(&held(then)),
        (gates((60, "rollback"), (50, "rollback")), json!(60))
    );
    let then = [(80, closed(SessionOutcome::Abandoned, ""))];
    assert_eq!(told(&held(then)), (gates((70, "closed"), (60, "closed")), json!(70)));
    assert_eq!(told(&held([])), (gates((10, ""), (0, "")), json!(10)));
    // A pass by a corrected declaration, and a hold after that: the time between is not on hold.
    let contract = started().gates["contract"].clone();
    let mut corrected = contract.clone();
    corrected.digest = Some("d".repeat(64));
    let taken = Event::DeclarationTaken {
        gate: "contract".to_owned(),
        old: Some(Box::new(contract.clone())),
        new: Box::new(corrected),
        reason: "it asked elsewhere".to_owned(),
    };
    let mut then = vec![
        (20, taken),
        (
            21,
            lifted(LiftedBy::Pass {
                run: Uuid::from_u128(3),
            }),
        ),
    ];
    then.extend(at(40, vec![hold("health", 4)]));
    then.push((45, lifted(LiftedBy::Pass { run })));
    let (holds, seconds) = told(&held(then.clone()));
    assert_eq!(
        (holds.len(), &holds[0].2, &holds[1].2),
        (3, &json!("declaration"), &json!("pass"))
    );
    assert_eq!(seconds, json!(11 + 5));
    assert_eq!(verify(&exported(&held(then), Format::Json)).err(), None);
    assert_eq!(told(&timed(7, [(0, begun(started()))])), (Vec::new(), Value::Null));
}

/// One gate may hold at two steps, and its declaration may be corrected before it holds at the second.
#[test]
fn a_correction_is_of_the_hold_in_which_it_was_taken() {
    let contract = started().gates["contract"].clone();
    let mut corrected = contract.clone();
    corrected.digest = Some("e".repeat(64));
    let taken = Event::DeclarationTaken {
        gate: "contract".to_owned(),
        old: Some(Box::new(contract)),
        new: Box::new(corrected),
        reason: "it asked elsewhere".to_owned(),
    };
    let again = Event::HoldPlaced {
        step: "release/freeze".to_owned(),
        gate: "contract".to_owned(),
        run: Uuid::from_u128(4),
        reason: "It failed.".to_owned(),
        advice: OnFail::Stop,
    };
    let run = Uuid::from_u128(5);
    let then = [(20, taken), (25, again), (40, lifted(LiftedBy::Pass { run }))];
    let (holds, _) = told(&held(then));
    let ends: Vec<&Value> = holds.iter().map(|(_, _, by)| by).collect();
    assert_eq!(ends, [&json!("declaration"), &json!("pass"), &json!("pass")]);
}

#[test]
fn the_report_has_the_holds_and_the_time_on_hold() {
    let session = Uuid::from_u128(99);
    let log = held([(70, lifted(LiftedBy::Rollback { session })), (70, rolled_back())]);
    let report = exported(&log, Format::Md);
    for said in [
        "| Time on hold | 1 min |",
        "## Holds\n\nTime on hold: 1 min; where more than one gate held, that time is counted once.\n",
        "| The contract gate | VERIFY | 2025-11-20 12:00:10 | 2025-11-20 12:01:10 | 1 min | not lifted: a rollback was started |",
    ] {
        assert!(report.contains(said), "{said}\n{report}");
    }
    assert!(exported(&log, Format::Html).contains("<td>not lifted: a rollback was started</td>"));
    let open = exported(&held([]), Format::Md);
    assert!(
        open.contains("| Time on hold | on hold since 2025-11-20 12:00:10 UTC, not ended |\n")
            && open.contains("Time on hold: on hold since 2025-11-20 12:00:10 UTC, not ended; where"),
        "{open}"
    );
    assert!(
        open.contains("| Health | VERIFY | 2025-11-20 12:00:20 | holds | not ended |  |"),
        "{open}"
    );
    let run = Uuid::from_u128(5);
    let again = held([(70, lifted(LiftedBy::Pass { run })), (90, hold("health", 6))]);
    let again = exported(&again, Format::Md);
    assert!(
        again.contains("| Time on hold | 1 min before, and on hold since 2025-11-20 12:01:30 UTC, not ended |"),
        "{again}"
    );
    let none = exported(&timed(7, [(0, begun(started()))]), Format::Md);
    assert!(!none.contains("## Holds") && !none.contains("on hold"), "{none}");
}

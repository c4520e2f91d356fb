//! What exports say of a gate whose corrected declaration was taken.

use holdpoint_domain::gate::Outcome;
use holdpoint_domain::session::{Event, Record, TickedBy};
use uuid::Uuid;

use super::super::*;
use super::export;
use super::log::{begun, ran, records, started, ticked, verdict};

/// A release whose gate ticked its step, was corrected, and passed by the corrected declaration or not.
fn corrected(passed_since: bool) -> Vec<Record> {
    let one = started();
    let old = one.gates["contract"].clone();
    let mut new = old.clone();
    new.expects = vec!["Status: 204".to_owned()];
    new.digest = Some(verdict(Outcome::Pass).gate_digest);
    let mut events = vec![begun(one), ticked("freeze")];
    events.extend(ran(1, Outcome::Pass));
    events.push(Event::StepTicked {
        step: "release/verify".to_owned(),
        by: TickedBy::Gate {
            run: Uuid::from_u128(1),
        },
    });
    events.push(Event::DeclarationTaken {
        gate: "contract".to_owned(),
        old: Some(Box::new(old)),
        new: Box::new(new),
        reason: "it accepted too much".to_owned(),
    });
    if passed_since {
        events.extend(ran(2, Outcome::Pass));
    }
    records(events)
}

#[test]
fn every_export_says_what_was_taken_and_what_rests_on_the_earlier_declaration() {
    for (format, taken, rests) in [
        (
            Format::Md,
            "The contract gate: corrected declaration taken |  | it accepted too much (Expects: Status: 200 → Status: 204) |",
            "**AN EARLIER DECLARATION.** A gate ticked these steps, its corrected declaration was taken afterwards, and it has not \
             passed by that: VERIFY.",
        ),
        (Format::Html, "it accepted too much", "not passed by that: VERIFY."),
        (
            Format::Csv,
            "The contract gate,corrected declaration taken,,it accepted too much (Expects: Status: 200 → Status: 204),,contract,no,",
            "",
        ),
        (
            Format::Json,
            "\"type\":\"declaration_taken\"",
            "\"by_old_declaration\": [\n      \"VERIFY\"\n    ]",
        ),
    ] {
        let text = export(&corrected(false), 1, LinkedSessions::default(), format).expect("exports");
        for said in [taken, rests] {
            assert!(text.contains(said), "{said}\n{text}");
        }
        let since = export(&corrected(true), 1, LinkedSessions::default(), format).expect("exports");
        assert!(since.contains(taken), "{taken}\n{since}");
        assert!(rests.is_empty() || !since.contains(rests), "{since}");
    }
}

#[test]
fn a_file_in_which_a_declaration_was_taken_verifies_and_one_with_another_before_it_does_not() {
    let mut log = corrected(true);
    let told = |log: &[Record]| verify(&export(log, 1, LinkedSessions::default(), Format::Json).expect("exports"));
    assert!(told(&log).is_ok(), "{:?}", told(&log));
    let last = log.iter_mut().find_map(|record| match &mut record.event {
        Event::DeclarationTaken { old: Some(old), .. } => Some(old),
        _ => None,
    });
    last.expect("it is there").title = "Another gate".to_owned();
    let events: Vec<Event> = log.into_iter().map(|record| record.event).collect();
    let error = told(&records(events)).expect_err("sealed anew, and still not a log of ours");
    assert!(
        error.to_string().contains("takes a declaration of the gate “contract”"),
        "{error}"
    );
}

//! Exports whose summary another version made: the events are as they were, and so are their hashes.

use std::sync::Arc;

use holdpoint_domain::gate::Outcome;
use holdpoint_domain::runbook::ProcedureKind;
use holdpoint_domain::session::{Event, LiftedBy};
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::*;
use super::exported;
use super::log::{begun, ran, records, rolled_back, started};

/// An emergency that holds, of which a rollback was started, as an earlier version ended it.
fn emergency() -> Value {
    let mut one = started();
    Arc::make_mut(&mut one.procedure).kind = ProcedureKind::Emergency;
    let mut events = vec![begun(one)];
    events.extend(ran(1, Outcome::Fail));
    let session = Uuid::from_u128(99);
    events.extend([
        Event::HoldLifted {
            by: LiftedBy::Rollback { session },
        },
        rolled_back(),
    ]);
    serde_json::from_str(&exported(&records(events), Format::Json)).expect("it is JSON")
}

fn told(file: &Value) -> Vec<(&'static str, String)> {
    let verified = verify(&file.to_string()).unwrap_or_else(|error| panic!("{error}"));
    let otherwise = verified.otherwise_made.into_iter();
    otherwise.map(|one| (one.part, one.to_string())).collect()
}

#[test]
fn an_emergency_with_a_rollback_that_an_earlier_version_exported_was_not_altered() {
    let mut file = emergency();
    assert_eq!(told(&file), []);
    // It was being rolled back then; now it goes on.
    assert_eq!(file["summary"]["standing"], "hold");
    file["summary"]["standing"] = json!("rolling_back");
    assert_eq!(
        told(&file),
        [(
            "standing",
            "The summary's “standing” is \"rolling_back\", and this version of Holdpoint makes \"hold\" of the same events: another \
             version made the file, or the summary was changed. Go by the events."
                .to_owned()
        )]
    );
}

#[test]
fn every_part_that_is_made_by_rules_is_named() {
    for (part, value) in [
        ("severity", json!("SEV-3")),
        ("standing", json!("go")),
        ("done", json!(2)),
        ("steps", json!(1)),
        ("passed", json!(1)),
        ("failed", json!(0)),
        ("inconclusive", json!(4)),
        ("holds", json!([])),
        ("seconds_on_hold", json!(1)),
        ("left_out", json!([{"step": "FREEZE", "reason": "x"}])),
        ("on_browsers_word", json!(["VERIFY"])),
        ("by_old_declaration", json!(["VERIFY"])),
    ] {
        let mut file = emergency();
        file["summary"][part] = value;
        let told = told(&file);
        assert_eq!(told.iter().map(|(part, _)| *part).collect::<Vec<_>>(), [part]);
    }
    // A version that did not have it yet.
    let mut file = emergency();
    file["summary"]
        .as_object_mut()
        .expect("an object")
        .remove("inconclusive");
    assert!(told(&file)[0].1.contains("is absent"), "{:?}", told(&file));
}

#[test]
fn what_a_summary_repeats_of_the_events_is_altered_by_whoever_changes_it() {
    let names: Vec<String> = emergency()["summary"]
        .as_object()
        .expect("an object")
        .keys()
        .filter(|name| {
            let made = [
                "severity",
                "standing",
                "done",
                "steps",
                "passed",
                "failed",
                "inconclusive",
                "holds",
                "seconds_on_hold",
                "number",
            ];
            !made.contains(&name.as_str())
        })
        .cloned()
        .collect();
    assert_eq!(names.len(), 12, "{names:?}");
    for name in names {
        let mut file = emergency();
        file["summary"][&name] = json!("another");
        let error = verify(&file.to_string()).expect_err(&name);
        assert!(
            matches!(error, VerifyError::HeaderAltered { part } if part == name),
            "{name}: {error}"
        );
    }
    // Nor is anybody put into the list of those who went on without a pass.
    let mut file = emergency();
    file["summary"]["without_pass"] =
        json!([{"step": "VERIFY", "gate": "x", "by": "Eve", "at": "2025-11-20T12:00:00Z", "reason": "y"}]);
    let part = "without_pass";
    assert_eq!(verify(&file.to_string()), Err(VerifyError::HeaderAltered { part }));
}

#[test]
fn a_figure_that_was_changed_in_a_file_of_this_version_is_no_other_versions() {
    let mut file = emergency();
    assert!(!verify(&file.to_string()).expect("untouched").summary_differs());
    file["summary"]["failed"] = json!(0);
    let forged = verify(&file.to_string()).expect("the events hold");
    assert!(forged.by_this_version && forged.summary_was_changed(), "{forged:?}");
    // Of another version it is not known, and of one that did not name itself.
    for maker in [Some(json!("0.0.1")), None] {
        let members = file.as_object_mut().expect("an object");
        match maker {
            Some(maker) => drop(members.insert("made_by".to_owned(), maker)),
            None => drop(members.remove("made_by")),
        }
        let other = verify(&file.to_string()).expect("the events hold");
        assert!(other.summary_differs() && !other.summary_was_changed(), "{other:?}");
    }
    let mut honest = emergency();
    honest["made_by"] = json!("0.0.1");
    let honest = verify(&honest.to_string()).expect("untouched");
    assert_eq!(honest.otherwise_made.len(), 1);
    assert!(!honest.summary_differs(), "{honest:?}");
}

use proptest::prelude::*;
use serde_json::{Value, json};

use super::story::*;
use holdpoint_domain::gate::Outcome;
use holdpoint_domain::session::*;

fn log() -> Vec<Value> {
    let mut story = Story::release();
    story.tick("release/freeze").expect("is next");
    story.runs("release/verify", "contract", Outcome::Fail);
    story
        .ask(ClientCommand::AddNote {
            step: None,
            text: "wait".to_owned(),
            written: None,
        })
        .expect("a note");
    story
        .records
        .iter()
        .map(|record| serde_json::to_value(record).expect("records are JSON"))
        .collect()
}

#[test]
fn an_untouched_log_verifies() {
    assert_eq!(verify_records(&log()), Ok(()));
}

#[test]
fn an_empty_log_does_not() {
    assert_eq!(verify_records(&[]), Err(ChainError::Empty));
}

#[test]
fn the_first_altered_event_is_named() {
    let mut records = log();
    records[2]["actor"]["name"] = json!("Eve");
    assert_eq!(verify_records(&records), Err(ChainError::Altered { seq: 3 }));
}

#[test]
fn a_field_that_was_added_is_found() {
    let mut records = log();
    records[1]["event"]["approved"] = json!(true);
    assert_eq!(verify_records(&records), Err(ChainError::Altered { seq: 2 }));
}

#[test]
fn an_event_that_was_removed_or_moved_is_found() {
    let mut records = log();
    records.remove(1);
    assert_eq!(verify_records(&records), Err(ChainError::Broken { seq: 2 }));
    let mut records = log();
    records.swap(1, 2);
    assert_eq!(verify_records(&records), Err(ChainError::Broken { seq: 2 }));
}

#[test]
fn an_event_that_was_altered_and_sealed_again_breaks_the_next() {
    let mut records = log();
    records[1]["at"] = json!("2020-01-01T00:00:00Z");
    let hash = hash_of(&records[1]);
    records[1]["hash"] = json!(hash);
    assert_eq!(verify_records(&records), Err(ChainError::Broken { seq: 3 }));
}

/// The log after this change, sealed anew from its first event to its last.
fn forged(change: impl FnOnce(&mut Vec<Value>)) -> Result<(), ChainError> {
    let mut records = log();
    change(&mut records);
    let mut prev = GENESIS.to_owned();
    for (index, record) in records.iter_mut().enumerate() {
        record["seq"] = json!(index + 1);
        record["prev"] = json!(prev);
        prev = hash_of(record);
        record["hash"] = json!(prev);
    }
    verify_records(&records)
}

#[test]
fn a_log_has_one_start_and_it_is_the_first_event() {
    assert_eq!(forged(|_| {}), Ok(()));
    assert_eq!(forged(|log| drop(log.remove(0))), Err(ChainError::NoStart { seq: 1 }));
    let again = forged(|log| log.push(log[0].clone()));
    assert_eq!(again, Err(ChainError::StartedAgain { seq: 7 }));
}

#[test]
fn a_start_whose_text_is_another_is_found() {
    let edited = forged(|log| log[0]["event"]["text"] = json!("# Another"));
    assert_eq!(edited, Err(ChainError::AnotherText { seq: 1 }));
}

#[test]
fn two_steps_with_one_id_are_found() {
    let twice = forged(|log| log[0]["event"]["procedure"]["steps"][1]["id"] = json!("release/freeze"));
    let (procedure, step) = ("release".to_owned(), "release/freeze".to_owned());
    assert_eq!(
        twice,
        Err(ChainError::DuplicateStep {
            seq: 1,
            procedure,
            step
        })
    );
}

#[test]
fn a_run_is_started_once_and_has_one_verdict() {
    // The events: start, tick, start of a run, its verdict, the hold, a note.
    let run: RunId = serde_json::from_value(log()[2]["event"]["run"].clone()).expect("a run");
    let again = forged(|log| log.push(log[2].clone()));
    assert_eq!(again, Err(ChainError::RunStartedAgain { seq: 7, run }));
    let twice = forged(|log| log.push(log[3].clone()));
    assert_eq!(twice, Err(ChainError::RunNotOpen { seq: 7, run }));
    let never = forged(|log| drop(log.remove(2)));
    assert_eq!(never, Err(ChainError::RunNotOpen { seq: 3, run }));
    assert_eq!(forged(|log| log.truncate(3)), Ok(()), "it may still be open");
}

#[test]
fn the_order_of_keys_does_not_matter() {
    assert_eq!(
        canonical(&json!({"b": 1, "a": [{"d": "é\n", "c": null}]})),
        "{\"a\":[{\"c\":null,\"d\":\"é\\n\"}],\"b\":1}"
    );
}

proptest! {
    /// Whatever single character of the log changes, verification finds it (or the file is no JSON any more).
    #[test]
    fn any_change_is_found(at in any::<prop::sample::Index>(), with in "[0-9a-zA-Z]") {
        let text = serde_json::to_string(&log()).expect("records are JSON");
        let place = text.char_indices().map(|(place, _)| place).nth(at.index(text.chars().count())).expect("within");
        let mut changed = text.clone();
        let old = text[place..].chars().next().expect("within");
        changed.replace_range(place..place + old.len_utf8(), &with);
        prop_assume!(changed != text);
        if let Ok(Value::Array(records)) = serde_json::from_str::<Value>(&changed) {
            // A key of a record that no longer is one, or the like: the value itself must differ to be a change.
            prop_assume!(Value::Array(records.clone()) != serde_json::from_str::<Value>(&text).expect("is JSON"));
            prop_assert!(verify_records(&records).is_err());
        }
    }
}

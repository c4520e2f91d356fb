//! The rules of what only a rehearsal has.

use super::story::*;
use super::*;

#[test]
fn the_plan_is_revealed_right_before_the_closing_and_only_then() {
    let sealed = sealed(vec![fault("rpc", DrillTrigger::Start, 30)]);
    let mut story = drill(&sealed);
    let text = serde_json::to_string(&story.records).expect("records are JSON");
    for secret in ["rpc_down", "4f1c", "A bad Friday", "salt"] {
        assert!(!text.contains(secret), "{secret} is in the log of a drill that runs");
    }
    let events = close(&mut story, &sealed, SessionOutcome::Abandoned);
    assert_eq!(names(&events), ["drill_revealed", "session_closed"]);
    assert_eq!(story.state.drill.as_deref(), Some(&sealed));
    let values: Vec<_> = story
        .records
        .iter()
        .map(|one| serde_json::to_value(one).unwrap())
        .collect();
    assert_eq!(verify_records(&values), Ok(()));
}

#[test]
fn another_plan_is_not_revealed_and_the_session_is_closed_all_the_same() {
    let own = sealed(vec![fault("rpc", DrillTrigger::Start, 30)]);
    let other = sealed(vec![fault("rpc", DrillTrigger::Start, 31)]);
    let mut story = drill(&own);
    let events = close(&mut story, &other, SessionOutcome::Abandoned);
    assert_eq!(names(&events), ["session_closed"]);
    let mut plain = Story::release();
    let events = close(&mut plain, &own, SessionOutcome::Abandoned);
    assert_eq!(names(&events), ["session_closed"], "a session without a drill");
}

#[test]
fn a_log_that_reveals_another_plan_than_it_promised_does_not_verify() {
    let own = sealed(vec![fault("rpc", DrillTrigger::Start, 30)]);
    let mut story = drill(&own);
    close(&mut story, &own, SessionOutcome::Abandoned);
    let place = story.records.len() - 2;
    let Event::DrillRevealed { drill } = &mut story.records[place].event else {
        panic!("the plan is revealed before the closing");
    };
    drill.plan.faults[0].after_seconds = 31;
    // Sealed anew, as somebody who can write the whole file would.
    let mut prev = GENESIS.to_owned();
    for record in &mut story.records {
        seal(record, &prev).unwrap();
        prev.clone_from(&record.hash);
    }
    let values: Vec<_> = story
        .records
        .iter()
        .map(|one| serde_json::to_value(one).unwrap())
        .collect();
    assert_eq!(verify_records(&values), Err(ChainError::AnotherDrill { seq: 2 }));
}

#[test]
fn a_commitment_is_the_hash_of_plan_and_salt_in_canonical_json() {
    let mut one = sealed(vec![fault("rpc", DrillTrigger::Asked { gate: "rpc".into() }, 30)]);
    let text = r#"{"plan":{"drill":"friday","faults":[{"after_seconds":30,"fault":"rpc_down","from":{"gate":"rpc","kind":"asked"},"gates":["rpc"],"title":"The rpc is down"}],"seed":"4f1c","title":"A bad Friday"},"salt":"salt"}"#;
    assert_eq!(one.commitment(), digest(text));
    "pepper".clone_into(&mut one.salt);
    assert_ne!(one.commitment(), digest(text), "the salt keeps it from being guessed");
}

#[test]
fn a_step_that_could_not_be_followed_is_said_in_a_rehearsal_and_also_after_its_end() {
    let mark = |step: &str, reason: &str| ClientCommand::MarkNotFollowed {
        step: step.into(),
        reason: reason.into(),
    };
    let own = sealed(Vec::new());
    let mut story = drill(&own);
    let refused = story.ask(mark("release/freeze", " ")).unwrap_err();
    assert_eq!(refused.code(), "empty");
    assert_eq!(story.ask(mark("nowhere", "what?")).unwrap_err().code(), "unknown_step");
    close(&mut story, &own, SessionOutcome::Abandoned);
    let events = story.ask(mark("release/freeze", "Which workers?")).expect("accepted");
    assert_eq!(names(&events), ["step_not_followed"]);
    let said = &story.state.not_followed[0];
    assert_eq!(
        (said.step.as_str(), said.reason.as_str()),
        ("release/freeze", "Which workers?")
    );

    let mut real = Story::release();
    let refused = real.ask(mark("release/freeze", "Which workers?")).unwrap_err();
    assert_eq!(refused, Refusal::NoRehearsal);
}

#[test]
fn a_start_without_a_drill_is_written_as_before() {
    let story = Story::release();
    let start = serde_json::to_value(&story.records[0]).unwrap();
    assert_eq!(start["event"].get("drill"), None);
}

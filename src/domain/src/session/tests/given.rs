//! A state that was given its procedure, as the page's is.

use std::sync::Arc;

use chrono::DateTime;

use super::story::*;
use crate::gate::Outcome;
use crate::runbook::{Procedure, read};
use crate::session::*;

fn procedure(text: &str, id: &str) -> Procedure {
    read("demo", text).procedure(id).expect("it is there").clone()
}

fn begin(state: &mut State, started: Started) {
    let at = DateTime::from_timestamp(1_763_640_000, 0).expect("a valid time");
    state.apply_event(&Event::SessionStarted(Box::new(started)), at, &captain());
}

#[test]
fn the_given_procedure_is_the_one_that_is_run() {
    let mut given = procedure(RELEASE, "release");
    given.title = "As the proxy read it".to_owned();
    let mut state = State::with_procedure(Some(Arc::new(given.clone())));
    begin(&mut state, started(RELEASE, "release"));
    assert_eq!(state.procedure.as_deref(), Some(&given));
}

#[test]
fn a_given_procedure_changes_nothing_of_what_the_events_say() {
    let mut story = Story::release();
    story.tick("release/freeze").expect("is next");
    story.runs("release/verify", "contract", Outcome::Fail);
    let mut state = State::with_procedure(Some(Arc::new(procedure(RELEASE, "release"))));
    story.records.iter().for_each(|record| state.apply(record));
    assert_eq!(state, story.state);
}

#[test]
fn the_procedure_of_another_session_is_not_run() {
    let other = Some(Arc::new(procedure(CHECKLIST, "list")));
    let mut state = State::with_procedure(other.clone());
    begin(&mut state, started(RELEASE, "release"));
    assert_eq!(state.procedure.map(|one| one.id.clone()).as_deref(), Some("release"));
    // Nor where the session's own text has none.
    let mut state = State::with_procedure(other);
    begin(&mut state, started("# Nothing to run\n", "release"));
    assert_eq!(state.procedure, None);
}

#[test]
fn nothing_can_be_done_in_a_session_without_its_procedure() {
    let mut state = State::with_procedure(None);
    // No reader finds a procedure in this text.
    begin(&mut state, started("# Nothing to run\n", "release"));
    assert!(state.procedure.is_none());
    let (step, now) = ("release/freeze".to_owned(), state.started_at.expect("it was started"));
    let commands = [
        ClientCommand::Tick { step: step.clone() },
        ClientCommand::Untick {
            step: step.clone(),
            reason: "why".to_owned(),
        },
        ClientCommand::Skip {
            step: step.clone(),
            reason: "why".to_owned(),
        },
        ClientCommand::RunGate {
            step: step.clone(),
            gate: "contract".to_owned(),
        },
        ClientCommand::FillValue {
            step: step.clone(),
            field: "actual".to_owned(),
            value: "1".to_owned(),
        },
        ClientCommand::StartTimer { step, seconds: 60 },
        ClientCommand::Close {
            outcome: SessionOutcome::Completed,
            summary: String::new(),
        },
    ];
    for command in commands {
        let name = format!("{command:?}");
        let refused = decide(&state, &captain(), &Command::Client(command), now);
        assert!(refused.is_err(), "{name} was let through: {refused:?}");
    }
    assert_eq!((state.progress(), state.next_step()), ((0, 0), None));
}

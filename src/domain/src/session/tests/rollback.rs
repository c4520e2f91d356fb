use uuid::Uuid;

use super::story::*;
use crate::gate::Outcome;
use crate::session::*;

fn link(story: &mut Story) -> Vec<Event> {
    story.must(&Command::LinkRollback {
        session: Uuid::from_u128(99),
        procedure: "rollback".to_owned(),
    })
}

#[test]
fn a_rollback_lifts_the_hold_and_nothing_more_can_be_ticked() {
    let mut story = Story::release();
    story.tick("release/freeze").expect("is next");
    story.runs("release/verify", "contract", Outcome::Fail);
    assert_eq!(names(&link(&mut story)), ["hold_lifted", "rollback_started"]);
    assert_eq!(story.standing(), Standing::RollingBack);
    assert_eq!(
        story.tick("release/announce").expect_err("rolling back").code(),
        "rolling_back"
    );
    assert_eq!(
        story
            .starts("release/verify", "contract")
            .expect_err("rolling back")
            .code(),
        "rolling_back"
    );
    let completed = ClientCommand::Close {
        outcome: SessionOutcome::Completed,
        summary: String::new(),
    };
    assert_eq!(story.ask(completed).expect_err("rolling back").code(), "rolling_back");
    let undone = ClientCommand::Close {
        outcome: SessionOutcome::RolledBack,
        summary: String::new(),
    };
    story.ask(undone).expect("a rollback was started");
    assert_eq!(story.standing(), Standing::RolledBack);
}

#[test]
fn a_rollback_can_always_be_started() {
    let mut story = Story::release();
    assert_eq!(names(&link(&mut story)), ["rollback_started"], "without a hold");
    assert_eq!(
        names(&link(&mut story)),
        ["rollback_started"],
        "a second time, after the first was given up"
    );
    let mut closed = Story::release();
    closed
        .ask(ClientCommand::Close {
            outcome: SessionOutcome::Abandoned,
            summary: String::new(),
        })
        .expect("always");
    assert!(
        link(&mut closed).is_empty(),
        "a closed session takes no event; the link is in the rollback session"
    );
}

#[test]
fn a_gate_that_was_running_at_the_rollback_is_recorded_and_ticks_nothing() {
    let mut story = Story::release();
    story.tick("release/freeze").expect("is next");
    story.runs("release/verify", "rpc", Outcome::Pass);
    let run = story.starts("release/verify", "contract").expect("starts");
    link(&mut story);
    let verdict = story.verdict(Outcome::Pass);
    assert_eq!(
        names(&story.must(&Command::FinishGate { run, verdict })),
        ["gate_finished"]
    );
    assert!(!story.state.is_done("release/verify"));
}

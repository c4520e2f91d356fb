use uuid::Uuid;

use super::story::*;
use holdpoint_domain::gate::Outcome;
use holdpoint_domain::session::*;

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
fn a_gate_that_was_running_at_the_rollback_is_cancelled_and_ticks_nothing() {
    let mut story = Story::release();
    story.tick("release/freeze").expect("is next");
    story.runs("release/verify", "rpc", Outcome::Pass);
    let run = story.starts("release/verify", "contract").expect("starts");
    assert_eq!(names(&link(&mut story)), ["gate_finished", "rollback_started"]);
    let verdict = story.verdict(Outcome::Pass);
    assert_eq!(
        story.does(&Command::FinishGate { run, verdict }),
        Err(Refusal::UnknownRun)
    );
    assert!(!story.state.is_done("release/verify"));
}

/// The table's release with a rollback that was made wrong.
fn with_rollback(spoil: fn(&mut Vec<holdpoint_domain::runbook::Step>)) -> Started {
    let mut one = started(TABLE, "release");
    spoil(&mut one.rollbacks[0].steps);
    one
}

#[test]
fn a_release_is_not_started_while_a_rollback_of_it_could_not_be() {
    let twice = with_rollback(|steps| steps.extend_from_within(..));
    let empty = with_rollback(Vec::clear);
    for (one, reason) in [(twice, "duplicate_step"), (empty, "no_steps")] {
        let refusal = decide(
            &State::default(),
            &Command::Start(Box::new(one)),
            chrono::DateTime::UNIX_EPOCH,
        );
        match refusal.expect_err(reason) {
            Refusal::BrokenRollback { rollback, reason: why } => {
                assert_eq!((rollback.as_str(), why.code()), ("Rollback procedure", reason));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn what_is_offered_is_less_than_what_is_kept() {
    let text = format!("{TABLE}\n## Other rollback\n<!-- holdpoint: procedure id=other kind=rollback -->\n\n1. Back\n");
    let ids =
        |all: Vec<&holdpoint_domain::runbook::Procedure>| all.into_iter().map(|one| one.id.clone()).collect::<Vec<_>>();
    let any = started(&text, "release");
    assert_eq!(ids(any.rollback_choices()), ["rollback", "other"]);
    let named = started(&text.replace("kind=release", "kind=release rollback=other"), "release");
    assert_eq!(ids(named.rollback_choices()), ["other"]);
    assert_eq!(ids(named.compiled().collect()), ["rollback", "other", "release"]);
}

#[test]
fn the_log_calls_a_rollback_by_names_and_not_by_ids() {
    let mut story = Story::release();
    link(&mut story);
    let started = story.state.started.as_deref().expect("it began");
    let told = |procedure: &str| {
        let event = Event::RollbackStarted {
            session: Uuid::from_u128(99),
            procedure: procedure.to_owned(),
        };
        describe_event(&story.state, &event)
    };
    let known = told(&started.procedure.id);
    assert_eq!(
        (known.subject, known.what.as_str(), &known.detail),
        (
            format!("Rollback of {} {}", started.procedure.title, started.version),
            "started",
            &started.procedure.title
        )
    );
    assert_eq!(
        told("elsewhere").detail,
        "elsewhere",
        "the session does not know its title"
    );
}

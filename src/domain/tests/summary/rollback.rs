//! What is told of rollbacks and emergencies.

use holdpoint_domain::runbook::{Order, ProcedureKind};
use holdpoint_domain::session::{Event, LiftedBy, SessionOutcome, State, StepStatus};
use holdpoint_domain::summary::{StageStatus, Summary, Tone};
use uuid::Uuid;

use super::place::*;

/// A release whose rollback was started, and closed where an outcome is given.
fn undone(outcome: Option<SessionOutcome>) -> State {
    let rollback = Event::RollbackStarted {
        session: Uuid::nil(),
        procedure: "back".to_owned(),
    };
    after(
        started(release()),
        (0..4).map(ticked).chain([rollback]).chain(outcome.map(closed)),
    )
}

fn rollback(done: usize, event: Option<Event>) -> State {
    let steps = [("Put it back", "Old version is back"), ("Look", "Looked at")];
    let procedure = procedure(ProcedureKind::Rollback, Order::Sequential, &steps);
    after(started(procedure), (0..done).map(ticked).chain(event))
}

#[test]
fn tells_of_a_release_that_is_undone_what_its_rollback_says() {
    use SessionOutcome::{Abandoned, Completed, RolledBack};
    let closed_as = "Ana closed this as rolled back.";
    let given_up = "The rollback was given up with 0 of 2 steps done. Ask Ana what is live.";
    let finished = "The rollback is finished: it was closed with every step done.";
    let table: [(_, Option<State>, &str, String); 7] = [
        (
            None,
            None,
            "ROLLBACK STARTED",
            "A rollback was started; how far it is, is not known here yet.".to_owned(),
        ),
        (
            None,
            Some(rollback(1, None)),
            "ROLLING BACK",
            "A rollback was started: 1 of its 2 steps are done.".to_owned(),
        ),
        (
            None,
            Some(rollback(1, Some(held(1)))),
            "ROLLBACK ON HOLD",
            "A rollback was started and is on hold: the check “contract” has not passed. 1 of its 2 steps are done."
                .to_owned(),
        ),
        (
            None,
            Some(rollback(2, Some(closed(Completed)))),
            "ROLLBACK FINISHED",
            finished.to_owned(),
        ),
        (
            None,
            Some(rollback(0, Some(closed(Abandoned)))),
            "ROLLBACK GIVEN UP",
            given_up.to_owned(),
        ),
        (
            Some(RolledBack),
            Some(rollback(2, Some(closed(Completed)))),
            "ROLLED BACK",
            format!("{closed_as} {finished}"),
        ),
        (
            Some(RolledBack),
            Some(rollback(0, Some(closed(Abandoned)))),
            "ROLLBACK GIVEN UP",
            format!("{closed_as} {given_up}"),
        ),
    ];
    for (outcome, rollback, headline, expected) in table {
        let summary = Summary::of(&undone(outcome), rollback.as_ref()).expect("it began");
        assert_eq!((summary.headline.words(), summary.sentence.text), (headline, expected));
    }
    let ended = rollback(2, Some(closed(Completed)));
    let summary = Summary::of(&undone(None), Some(&ended)).expect("it began");
    assert_eq!(summary.waiting_for.as_deref(), Some("Ana to close the session"));
    let runs = Summary::of(&undone(None), Some(&rollback(1, None))).expect("it began");
    assert_eq!(runs.waiting_for.as_deref(), Some("The rollback to finish"));
}

#[test]
fn emergencies_and_rollbacks_have_words_of_their_own() {
    let emergency = procedure(ProcedureKind::Emergency, Order::Sequential, &STEPS);
    let going = summary(&state(emergency.clone(), 1, false));
    assert_eq!(
        (going.headline.words(), going.headline.tone()),
        ("RESPONDING", Tone::Working)
    );
    assert_eq!(
        going.sentence.text,
        "There is a problem, and the team responds: 1 of 5 steps are done."
    );
    let back = summary(&rollback(1, None));
    assert_eq!(
        (back.headline.words(), back.headline.tone()),
        ("ROLLING BACK", Tone::Working)
    );
    let on_hold = summary(&rollback(1, Some(held(1))));
    assert_eq!(on_hold.headline.words(), "ROLLBACK ON HOLD");
    assert_eq!(
        on_hold.sentence.text,
        "The check “contract” has not passed. 1 of the rollback’s 2 steps are done."
    );

    let linked = Event::RollbackStarted {
        session: Uuid::nil(),
        procedure: "back".to_owned(),
    };
    let both = after(started(emergency), [ticked(0), linked]);
    let told = Summary::of(&both, Some(&rollback(1, None))).expect("it began");
    assert_eq!(told.headline.words(), "RESPONDING");
    assert_eq!(
        told.sentence.text,
        "There is a problem, and the team responds: 1 of 5 steps are done. A rollback was started: 1 of its 2 steps are done."
    );
    assert_eq!(told.waiting_for.as_deref(), Some("The next step: “Database updated”"));
}

#[test]
fn what_held_when_a_rollback_was_started_is_not_told_as_later() {
    let rolled = [
        ticked(0),
        held(1),
        Event::HoldLifted {
            by: LiftedBy::Rollback { session: Uuid::nil() },
        },
        Event::RollbackStarted {
            session: Uuid::nil(),
            procedure: "back".to_owned(),
        },
    ];
    let state = after(started(release()), rolled);
    assert_eq!(summary(&state).stages[1].status, StageStatus::Held);
    assert_eq!(state.row("1").map(|row| row.status), Some(StepStatus::Failed));
}

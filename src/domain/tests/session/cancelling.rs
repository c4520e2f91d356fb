//! Cancelling: nothing that still asks stands in anybody's way.

use super::gates::at_verify;
use super::story::*;
use holdpoint_domain::gate::{Outcome, Verdict};
use holdpoint_domain::session::*;
use uuid::Uuid;

fn cancel(run: Uuid) -> Command {
    let by = "Robin".to_owned();
    Command::CancelGate { run, by }
}

fn close(outcome: SessionOutcome) -> ClientCommand {
    let summary = String::new();
    ClientCommand::Close { outcome, summary }
}

fn verdict_of(event: &Event) -> &Verdict {
    let Event::GateFinished { verdict, .. } = event else {
        panic!("a verdict: {event:?}")
    };
    verdict
}

#[test]
fn a_cancelled_run_is_inconclusive_says_by_whom_and_holds() {
    let mut story = at_verify();
    let run = story.starts("release/verify", "contract").expect("starts");
    story.wait(5);
    story.ask(ClientCommand::CancelGate { run }).expect("it runs");
    assert!(
        story.state.open_run("release/verify", "contract").is_some(),
        "the wish alone changes nothing"
    );
    let events = story.must(&cancel(run));
    assert_eq!(names(&events), ["gate_finished", "hold_placed"]);
    let verdict = verdict_of(&events[0]);
    assert_eq!(
        (verdict.outcome, verdict.summary.as_str()),
        (Outcome::Inconclusive, "Cancelled by Robin.")
    );
    assert_eq!((verdict.finished - verdict.started).num_seconds(), 5);
    assert!(!verdict.passes() && !story.state.is_done("release/verify"));
    assert_eq!(story.standing(), Standing::Hold);

    // The runner's answer comes too late to count, whatever it is.
    let verdict = story.verdict(Outcome::Pass);
    assert_eq!(
        story.does(&Command::FinishGate { run, verdict }),
        Err(Refusal::UnknownRun)
    );
    for again in [cancel(run), Command::Client(ClientCommand::CancelGate { run })] {
        assert_eq!(story.does(&again), Err(Refusal::NotRunning));
    }
    // And the gate can be run again, which lifts the hold.
    story.runs("release/verify", "contract", Outcome::Pass);
    assert_eq!(story.standing(), Standing::Go);
}

#[test]
fn what_is_not_running_cannot_be_cancelled() {
    let mut story = at_verify();
    let nobody = story.id();
    assert_eq!(story.does(&cancel(nobody)), Err(Refusal::NotRunning));
    story.ask(close(SessionOutcome::Abandoned)).expect("always");
    assert_eq!(story.does(&cancel(nobody)), Err(Refusal::Closed));
}

#[test]
fn closing_cancels_what_still_runs() {
    let mut story = at_verify();
    story.starts("release/verify", "contract").expect("starts");
    story.starts("release/verify", "rpc").expect("starts");
    let events = story.ask(close(SessionOutcome::Abandoned)).expect("nothing blocks it");
    assert_eq!(names(&events), ["gate_finished", "gate_finished", "session_closed"]);
    for event in &events[..2] {
        let verdict = verdict_of(event);
        assert_eq!(verdict.outcome, Outcome::Inconclusive);
        assert!(
            verdict.summary.contains("the session was closed"),
            "{}",
            verdict.summary
        );
    }
    assert_eq!(story.state.open_runs().count(), 0);
    assert_eq!(story.standing(), Standing::Abandoned);
}

#[test]
fn a_session_is_not_completed_over_a_run_that_may_still_fail() {
    let mut story = at_verify();
    story.runs("release/verify", "contract", Outcome::Pass);
    story.runs("release/verify", "rpc", Outcome::Pass);
    while let Some(next) = story.state.next_step().map(|step| step.id.clone()) {
        story.tick(&next).expect("is next");
    }
    let run = story.starts("release/verify", "contract").expect("verified again");
    let refusal = story.ask(close(SessionOutcome::Completed)).expect_err("it may fail");
    assert_eq!(refusal.code(), "gate_open");
    // Cancelling is no way around it.
    story.must(&cancel(run));
    let refusal = story.ask(close(SessionOutcome::Completed)).expect_err("it holds");
    assert_eq!(refusal.code(), "on_hold");
    story.runs("release/verify", "contract", Outcome::Pass);
    story.ask(close(SessionOutcome::Completed)).expect("all is done");
}

#[test]
fn a_rollback_cancels_what_the_release_still_asks() {
    let mut story = at_verify();
    story.runs("release/verify", "rpc", Outcome::Fail);
    let run = story.starts("release/verify", "contract").expect("starts");
    let events = story.must(&Command::LinkRollback {
        session: Uuid::from_u128(99),
        procedure: "rollback".to_owned(),
    });
    assert_eq!(names(&events), ["gate_finished", "hold_lifted", "rollback_started"]);
    let verdict = verdict_of(&events[0]);
    assert_eq!(verdict.outcome, Outcome::Inconclusive);
    assert!(
        verdict.summary.contains("a rollback was started"),
        "{}",
        verdict.summary
    );
    assert_eq!(story.does(&cancel(run)), Err(Refusal::NotRunning));
    assert!(story.state.holds.is_empty() && story.state.open_runs().count() == 0);
}

//! Runs of gates: what they tick, hold and lift.

use super::story::*;
use holdpoint_domain::gate::Outcome;
use holdpoint_domain::runbook::OnFail;
use holdpoint_domain::session::*;

pub fn at_verify() -> Story {
    let mut story = Story::release();
    story.tick("release/freeze").expect("is next");
    story
}

#[test]
fn a_step_is_ticked_when_the_last_of_its_gates_passes() {
    let mut story = at_verify();
    assert_eq!(
        names(&story.runs("release/verify", "contract", Outcome::Pass)),
        ["gate_finished"]
    );
    assert_eq!(
        names(&story.runs("release/verify", "rpc", Outcome::Pass)),
        ["gate_finished", "step_ticked"]
    );
}

#[test]
fn a_gate_that_does_not_pass_holds_and_says_what_the_runbook_says() {
    for outcome in [Outcome::Fail, Outcome::Inconclusive] {
        let mut story = at_verify();
        let events = story.runs("release/verify", "contract", outcome);
        assert_eq!(names(&events), ["gate_finished", "hold_placed"]);
        let Some(Event::HoldPlaced { advice, .. }) = events.last() else {
            panic!("a hold is placed")
        };
        assert_eq!(*advice, OnFail::Rollback, "the step's word goes before the gate's");
        assert_eq!(story.standing(), Standing::Hold);
        assert!(!story.state.is_done("release/verify"));
    }
}

#[test]
fn a_pass_without_a_passing_check_is_no_pass() {
    let spoilt: [fn(&mut holdpoint_domain::gate::Verdict); 3] = [
        |verdict| verdict.checks.clear(),
        |verdict| verdict.checks[0].outcome = Outcome::Fail,
        |verdict| verdict.checks[0].outcome = Outcome::Inconclusive,
    ];
    for spoil in spoilt {
        let mut story = at_verify();
        let run = story.starts("release/verify", "contract").expect("starts");
        let mut verdict = story.verdict(Outcome::Pass);
        spoil(&mut verdict);
        assert_eq!(
            names(&story.must(&Command::FinishGate { run, verdict })),
            ["gate_finished", "hold_placed"]
        );
    }
}

#[test]
fn nothing_is_ticked_in_a_hold() {
    let mut story = Story::of(started(CHECKLIST, "list"));
    story.runs("list/contract-holds", "contract", Outcome::Fail);
    assert_eq!(story.tick("list/merged").expect_err("on hold").code(), "on_hold");
    assert_eq!(story.tick("list/notes").expect_err("on hold").code(), "on_hold");
    let close = ClientCommand::Close {
        outcome: SessionOutcome::Completed,
        summary: String::new(),
    };
    assert_eq!(story.ask(close).expect_err("on hold").code(), "on_hold");
}

#[test]
fn running_again_until_it_passes_lifts_the_hold() {
    let mut story = at_verify();
    story.runs("release/verify", "rpc", Outcome::Pass);
    story.runs("release/verify", "contract", Outcome::Fail);
    story.runs("release/verify", "contract", Outcome::Inconclusive);
    assert_eq!(story.standing(), Standing::Hold);
    let events = story.runs("release/verify", "contract", Outcome::Pass);
    assert_eq!(names(&events), ["gate_finished", "hold_lifted", "step_ticked"]);
    assert_eq!(story.standing(), Standing::Go);
}

#[test]
fn every_gate_that_holds_must_pass_before_the_hold_is_lifted() {
    let mut story = at_verify();
    story.runs("release/verify", "contract", Outcome::Fail);
    story.runs("release/verify", "rpc", Outcome::Fail);
    assert_eq!(
        names(&story.runs("release/verify", "contract", Outcome::Pass)),
        ["gate_finished"]
    );
    assert_eq!(story.standing(), Standing::Hold);
    let events = story.runs("release/verify", "rpc", Outcome::Pass);
    assert_eq!(names(&events), ["gate_finished", "hold_lifted", "step_ticked"]);
}

#[test]
fn stale_evidence_does_not_tick() {
    let mut story = at_verify();
    story.runs("release/verify", "contract", Outcome::Pass);
    story.wait(601);
    assert_eq!(
        names(&story.runs("release/verify", "rpc", Outcome::Pass)),
        ["gate_finished"]
    );
    assert!(!story.state.is_done("release/verify"));
    let gate = story.state.gate_state("release/verify", "contract", story.now);
    let GateState::Finished(evidence) = gate else {
        panic!("it ran")
    };
    assert!(matches!(evidence.freshness, Freshness::Stale(_)));
    let events = story.runs("release/verify", "contract", Outcome::Pass);
    assert_eq!(names(&events), ["gate_finished", "step_ticked"]);
}

#[test]
fn evidence_from_the_future_or_without_an_end_does_not_count() {
    let mut story = at_verify();
    story.runs("release/verify", "contract", Outcome::Pass);
    story.wait(-3600);
    assert!(
        !story.state.gate_state("release/verify", "contract", story.now).passes(),
        "the clock was set back"
    );

    let mut one = started(RELEASE, "release");
    one.gates.get_mut("contract").expect("declared").fresh_seconds = u64::MAX;
    let mut story = Story::of(one);
    story.tick("release/freeze").expect("is next");
    story.runs("release/verify", "contract", Outcome::Pass);
    story.wait(1);
    assert!(
        !story.state.gate_state("release/verify", "contract", story.now).passes(),
        "an overflow is stale at once"
    );
}

#[test]
fn a_gate_that_is_not_declared_never_ticks_and_holds() {
    let mut one = started(RELEASE, "release");
    one.gates.remove("contract");
    let mut story = Story::of(one);
    story.tick("release/freeze").expect("is next");
    assert_eq!(
        story.state.gate_state("release/verify", "contract", story.now),
        GateState::Missing
    );
    story.runs("release/verify", "rpc", Outcome::Pass);
    let events = story.runs("release/verify", "contract", Outcome::Pass);
    assert_eq!(
        names(&events),
        ["gate_finished", "hold_placed"],
        "even a pass does not count"
    );
    assert!(!story.state.is_done("release/verify"));
}

#[test]
fn a_gate_runs_once_at_a_time_and_in_its_turn() {
    let mut story = Story::release();
    assert_eq!(
        story
            .starts("release/verify", "contract")
            .expect_err("too early")
            .code(),
        "out_of_order"
    );
    story.tick("release/freeze").expect("is next");
    assert_eq!(
        story
            .starts("release/verify", "other")
            .expect_err("not its gate")
            .code(),
        "unknown_gate"
    );
    story.starts("release/verify", "contract").expect("starts");
    assert_eq!(
        story.starts("release/verify", "contract").expect_err("runs").code(),
        "gate_running"
    );
}

#[test]
fn a_verdict_needs_an_open_run_and_is_taken_once() {
    let mut story = at_verify();
    let verdict = story.verdict(Outcome::Pass);
    let nowhere = story.id();
    let stray = Command::FinishGate {
        run: nowhere,
        verdict: verdict.clone(),
    };
    assert_eq!(story.does(&stray), Err(Refusal::UnknownRun));
    let run = story.starts("release/verify", "contract").expect("starts");
    story.must(&Command::FinishGate {
        run,
        verdict: verdict.clone(),
    });
    assert_eq!(
        story.does(&Command::FinishGate { run, verdict }),
        Err(Refusal::UnknownRun)
    );
}

#[test]
fn a_gate_of_a_done_step_may_be_run_again_and_holds_when_it_fails() {
    let mut story = at_verify();
    story.runs("release/verify", "contract", Outcome::Pass);
    story.runs("release/verify", "rpc", Outcome::Pass);
    story.runs("release/verify", "contract", Outcome::Fail);
    assert_eq!(story.standing(), Standing::Hold);
    assert_eq!(story.tick("release/announce").expect_err("on hold").code(), "on_hold");
    assert_eq!(
        names(&story.runs("release/verify", "contract", Outcome::Pass)),
        ["gate_finished", "hold_lifted"]
    );
}

#[test]
fn auto_gates_start_by_themselves_when_their_step_becomes_current_and_only_once() {
    let mut one = started(RELEASE, "release");
    one.gates.values_mut().for_each(|gate| gate.auto = true);
    let mut story = Story::of(one);
    assert!(gates_to_run(&story.state).is_empty(), "the first step has no gates");
    story.tick("release/freeze").expect("is next");
    let pair = |gate: &str| ("release/verify".to_owned(), gate.to_owned());
    assert_eq!(gates_to_run(&story.state), [pair("contract"), pair("rpc")]);
    story.starts("release/verify", "contract").expect("starts");
    assert_eq!(gates_to_run(&story.state), [pair("rpc")]);
    story.runs("release/verify", "rpc", Outcome::Fail);
    assert!(
        gates_to_run(&story.state).is_empty(),
        "nothing starts by itself in a hold"
    );
}

#[test]
fn a_step_whose_gate_is_inconclusive_is_not_shown_as_failed() {
    let mut story = at_verify();
    let row = |story: &Story| {
        let row = story.state.row("release/verify").expect("a step");
        (row.status, row.held_as)
    };
    story.runs("release/verify", "contract", Outcome::Inconclusive);
    assert_eq!(row(&story), (StepStatus::Inconclusive, Some(Outcome::Inconclusive)));
    story.runs("release/verify", "contract", Outcome::Fail);
    assert_eq!(
        row(&story),
        (StepStatus::Failed, Some(Outcome::Fail)),
        "its last run counts"
    );
    story.runs("release/verify", "contract", Outcome::Inconclusive);
    assert_eq!(row(&story).0, StepStatus::Inconclusive);
    story.runs("release/verify", "contract", Outcome::Pass);
    assert_eq!(row(&story).1, None);
}

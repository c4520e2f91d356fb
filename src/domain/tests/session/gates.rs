use super::story::*;
use holdpoint_domain::gate::{Outcome, Source};
use holdpoint_domain::runbook::OnFail;
use holdpoint_domain::session::*;

fn at_verify() -> Story {
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
    let close = ClientCommand::Close {
        outcome: SessionOutcome::Abandoned,
        summary: String::new(),
    };
    assert_eq!(story.ask(close).expect_err("a gate is open").code(), "gate_open");
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

fn seen(story: &mut Story, outcome: Outcome) -> Vec<Event> {
    let observation = story.id();
    let mut verdict = story.verdict(outcome);
    verdict.source = Source::Browser;
    story.must(&Command::Observe {
        observation,
        step: "list/contract-holds".to_owned(),
        gate: "contract".to_owned(),
        verdict,
    })
}

fn direct_checklist(direct: bool) -> Story {
    let mut one = started(CHECKLIST, "list");
    one.gates.get_mut("contract").expect("declared").direct = direct;
    Story::of(one)
}

#[test]
fn what_the_browser_saw_ticks_only_where_the_gate_says_direct() {
    assert_eq!(
        names(&seen(&mut direct_checklist(true), Outcome::Pass)),
        ["gate_observed", "step_ticked"]
    );
    assert_eq!(
        names(&seen(&mut direct_checklist(false), Outcome::Pass)),
        ["gate_observed"]
    );
}

#[test]
fn what_the_browser_saw_never_lifts_a_hold_nor_outvotes_the_proxy() {
    let mut story = direct_checklist(true);
    story.runs("list/contract-holds", "contract", Outcome::Fail);
    assert_eq!(names(&seen(&mut story, Outcome::Pass)), ["gate_observed"]);
    assert_eq!(story.standing(), Standing::Hold);

    let mut story = direct_checklist(true);
    story.starts("list/contract-holds", "contract").expect("starts");
    assert_eq!(
        names(&seen(&mut story, Outcome::Pass)),
        ["gate_observed"],
        "the proxy is still asking"
    );
}

#[test]
fn a_difference_seen_from_the_browser_holds_and_a_missing_answer_ticks_nothing() {
    let mut story = direct_checklist(true);
    assert_eq!(names(&seen(&mut story, Outcome::Inconclusive)), ["gate_observed"]);
    assert_eq!(
        names(&seen(&mut story, Outcome::Fail)),
        ["gate_observed", "hold_placed"]
    );
    assert!(!story.state.is_done("list/contract-holds"));
}

fn back(step: &str) -> ClientCommand {
    ClientCommand::Untick {
        step: step.to_owned(),
        reason: "it was wrong".to_owned(),
    }
}

#[test]
fn evidence_from_before_the_work_was_done_anew_does_not_count() {
    let mut story = at_verify();
    story.runs("release/verify", "contract", Outcome::Pass);
    story.ask(back("release/freeze")).expect("nothing later is done");
    story.tick("release/freeze").expect("is next");
    assert_eq!(
        story.state.gate_state("release/verify", "contract", story.now),
        GateState::Waiting
    );
    assert_eq!(
        names(&story.runs("release/verify", "rpc", Outcome::Pass)),
        ["gate_finished"]
    );
    assert!(!story.state.is_done("release/verify"));
    let events = story.runs("release/verify", "contract", Outcome::Pass);
    assert_eq!(names(&events), ["gate_finished", "step_ticked"]);
}

#[test]
fn evidence_does_not_count_that_came_between_two_steps_that_were_taken_back() {
    let optional = RELEASE.replace("gate=contract,rpc", "optional gate=contract,rpc");
    let mut story = Story::of(started(&optional, "release"));
    story.tick("release/freeze").expect("is next");
    let skip = ClientCommand::Skip {
        step: "release/verify".to_owned(),
        reason: "in a hurry".to_owned(),
    };
    story.ask(skip).expect("it is optional");
    story.ask(back("release/verify")).expect("it was left out");
    story.runs("release/verify", "contract", Outcome::Pass);
    story.ask(back("release/freeze")).expect("nothing later is done");
    story.tick("release/freeze").expect("is next");
    assert_eq!(
        names(&story.runs("release/verify", "rpc", Outcome::Pass)),
        ["gate_finished"],
        "the contract was looked at before the freeze was done anew"
    );
}

#[test]
fn a_run_that_was_open_when_the_work_was_taken_back_does_not_count() {
    let mut story = at_verify();
    story.runs("release/verify", "rpc", Outcome::Pass);
    let run = story.starts("release/verify", "contract").expect("starts");
    story.ask(back("release/freeze")).expect("nothing later is done");
    let verdict = story.verdict(Outcome::Pass);
    assert_eq!(
        names(&story.must(&Command::FinishGate { run, verdict })),
        ["gate_finished"]
    );
    story.tick("release/freeze").expect("is next");
    assert_eq!(
        names(&story.runs("release/verify", "rpc", Outcome::Pass)),
        ["gate_finished"]
    );
    assert!(!story.state.is_done("release/verify"));
}

#[test]
fn a_gate_that_holds_can_be_run_out_of_turn_and_then_only_lifts_the_hold() {
    let mut story = at_verify();
    story.runs("release/verify", "contract", Outcome::Fail);
    story.ask(back("release/freeze")).expect("nothing later is done");
    assert_eq!(story.tick("release/freeze").expect_err("on hold").code(), "on_hold");
    assert_eq!(
        story.starts("release/verify", "rpc").expect_err("does not hold").code(),
        "out_of_order"
    );
    let events = story.runs("release/verify", "contract", Outcome::Pass);
    assert_eq!(names(&events), ["gate_finished", "hold_lifted"]);
    story.tick("release/freeze").expect("is next");
    assert_eq!(
        names(&story.runs("release/verify", "rpc", Outcome::Pass)),
        ["gate_finished"]
    );
    let events = story.runs("release/verify", "contract", Outcome::Pass);
    assert_eq!(names(&events), ["gate_finished", "step_ticked"]);
}

#[test]
fn gates_that_run_by_themselves_run_again_when_the_work_before_them_was_done_anew() {
    let mut one = started(RELEASE, "release");
    one.gates.values_mut().for_each(|gate| gate.auto = true);
    let mut story = Story::of(one);
    story.tick("release/freeze").expect("is next");
    story.runs("release/verify", "contract", Outcome::Pass);
    story.ask(back("release/freeze")).expect("nothing later is done");
    assert!(gates_to_run(&story.state).is_empty());
    story.tick("release/freeze").expect("is next");
    assert_eq!(gates_to_run(&story.state).len(), 2);
}

#[test]
fn nothing_runs_by_itself_in_a_session_that_is_closed() {
    let mut one = started(CHECKLIST, "list");
    one.gates.values_mut().for_each(|gate| gate.auto = true);
    let mut story = Story::of(one);
    assert_eq!(gates_to_run(&story.state).len(), 1);
    let close = ClientCommand::Close {
        outcome: SessionOutcome::Abandoned,
        summary: String::new(),
    };
    story.ask(close).expect("a session can be given up");
    assert!(gates_to_run(&story.state).is_empty());
}

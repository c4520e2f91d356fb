//! Which runs are evidence: those from after the work that they verify.

use super::gates::at_verify;
use super::story::*;
use holdpoint_domain::gate::Outcome;
use holdpoint_domain::session::*;

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

/// A checklist whose gate the browser asks, too, with a run that began before the browser saw a failure.
fn failed_while_running() -> (Story, RunId) {
    let mut one = started(CHECKLIST, "list");
    one.gates.get_mut("contract").expect("declared").direct = true;
    let mut story = Story::of(one);
    let run = story.starts("list/contract-holds", "contract").expect("it starts");
    let (observation, other) = (story.id(), story.id());
    let verdict = story.verdict(Outcome::Fail);
    let events = story.must(&Command::Observe {
        observation,
        run: other,
        step: "list/contract-holds".to_owned(),
        gate: "contract".to_owned(),
        verdict,
    });
    assert_eq!(names(&events), ["gate_observed", "hold_placed"]);
    (story, run)
}

#[test]
fn evidence_that_was_started_before_a_failure_never_lifts_its_hold() {
    let (mut story, run) = failed_while_running();
    let verdict = story.verdict(Outcome::Pass);
    let finished = story.must(&Command::FinishGate { run, verdict });
    assert_eq!(names(&finished), ["gate_finished"]);
    assert_eq!(story.standing(), Standing::Hold);
    assert!(!story.state.is_done("list/contract-holds"));
    // The log alone says the same.
    assert_eq!(State::fold(&story.records).standing(), Standing::Hold);
    let lifted = story.runs("list/contract-holds", "contract", Outcome::Pass);
    assert_eq!(names(&lifted), ["gate_finished", "hold_lifted", "step_ticked"]);
}

#[test]
fn a_failure_anew_outdates_what_was_started_before_it() {
    let (mut story, run) = failed_while_running();
    let verdict = story.verdict(Outcome::Fail);
    story.must(&Command::FinishGate { run, verdict });
    let run = story
        .starts("list/contract-holds", "contract")
        .expect("a hold can be lifted");
    let (observation, other) = (story.id(), story.id());
    let verdict = story.verdict(Outcome::Fail);
    story.must(&Command::Observe {
        observation,
        run: other,
        step: "list/contract-holds".to_owned(),
        gate: "contract".to_owned(),
        verdict,
    });
    let verdict = story.verdict(Outcome::Pass);
    assert_eq!(
        names(&story.must(&Command::FinishGate { run, verdict })),
        ["gate_finished"]
    );
    assert_eq!(story.standing(), Standing::Hold);
}

#[test]
fn a_pass_of_another_declaration_holds() {
    for (declared, counts) in [("d", true), ("e", false)] {
        let mut one = started(CHECKLIST, "list");
        // The digest that the verdicts of these tests carry is 64 times “d”.
        one.gates.get_mut("contract").expect("declared").digest = Some(declared.repeat(64));
        let mut story = Story::of(one);
        let events = story.runs("list/contract-holds", "contract", Outcome::Pass);
        let expected = if counts { "step_ticked" } else { "hold_placed" };
        assert_eq!(names(&events), ["gate_finished", expected]);
        assert_eq!(story.state.is_done("list/contract-holds"), counts);
        if let Some(Event::HoldPlaced { reason, .. }) = events.last() {
            assert!(reason.contains("another declaration"), "{reason}");
        }
        // Nor does it lift the hold when it is told again.
        let events = story.runs("list/contract-holds", "contract", Outcome::Pass);
        assert!(!names(&events).contains(&"hold_lifted".to_owned()));
    }
}

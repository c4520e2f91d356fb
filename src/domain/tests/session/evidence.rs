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

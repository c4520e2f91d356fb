//! Going on although a gate did not pass.

use super::story::*;
use holdpoint_domain::gate::Outcome;
use holdpoint_domain::runbook::OnFail;
use holdpoint_domain::session::*;
use holdpoint_domain::summary::{Headline, Summary};

const STEP: &str = "release/verify";

/// A release whose gate `contract` failed, with the runbook's word for that.
fn failed(advice: OnFail) -> Story {
    let text = RELEASE.replace(
        "on_fail=rollback",
        match advice {
            OnFail::Caution => "on_fail=caution",
            OnFail::Stop => "on_fail=stop",
            OnFail::Rollback => "on_fail=rollback",
        },
    );
    let mut story = Story::of(started(&text, "release"));
    story.tick("release/freeze").expect("is next");
    story.runs(STEP, "rpc", Outcome::Pass);
    story.runs(STEP, "contract", Outcome::Fail);
    story
}

fn goes_on(story: &mut Story) -> Result<Vec<Event>, Refusal> {
    story.ask(ClientCommand::ProceedWithCaution {
        step: STEP.to_owned(),
        gate: "contract".to_owned(),
        reason: "the extra signature is an old view".to_owned(),
    })
}

#[test]
fn the_captain_goes_on_with_a_reason_where_the_runbook_says_so() {
    let mut story = failed(OnFail::Caution);
    let events = goes_on(&mut story).expect("the runbook says so");
    assert_eq!(names(&events), ["proceeded_with_caution", "hold_lifted", "step_ticked"]);
    let Some(Event::StepTicked {
        by: TickedBy::Caution { .. },
        ..
    }) = events.last()
    else {
        panic!("the tick says that there was no pass: {:?}", events.last());
    };
    assert_eq!(story.standing(), Standing::Go);
    let row = story.state.row(STEP).expect("a step");
    assert_eq!(row.by, Some(StepBy::Caution));
    story.tick("release/announce").expect("is next");
}

#[test]
fn nothing_else_is_gone_on_with() {
    for advice in [OnFail::Stop, OnFail::Rollback] {
        let refused = goes_on(&mut failed(advice)).expect_err("the runbook says otherwise");
        assert_eq!(refused.code(), "caution_not_offered");
    }
    let mut story = failed(OnFail::Caution);
    story.runs(STEP, "contract", Outcome::Pass);
    assert_eq!(goes_on(&mut story).expect_err("it passed").code(), "not_held");
    let mut running = failed(OnFail::Caution);
    running.starts(STEP, "contract").expect("what holds can be run");
    assert_eq!(goes_on(&mut running).expect_err("it is asked").code(), "gate_running");
    let mut unsaid = failed(OnFail::Caution);
    let without = unsaid.ask(ClientCommand::ProceedWithCaution {
        step: STEP.to_owned(),
        gate: "contract".to_owned(),
        reason: " ".to_owned(),
    });
    assert_eq!(without.expect_err("why?").code(), "empty");
}

/// The runbook's word is for a failure, and no answer is none.
#[test]
fn nothing_is_gone_on_with_that_could_not_be_decided() {
    let held = |story: &Story| story.state.hold().map(|(_, _, hold)| hold.reason.clone());
    let mut story = failed(OnFail::Caution);
    let events = story.runs(STEP, "contract", Outcome::Inconclusive);
    assert_eq!(names(&events), ["gate_finished", "hold_placed"]);
    let told = describe_event(&story.state, &events[1]);
    assert_eq!(told.what, "holds; could not be decided: run it again, or roll back");
    let refused = goes_on(&mut story).expect_err("nothing is known");
    assert_eq!(refused.code(), "not_decided");
    assert!(refused.to_string().contains("Run it again"), "{refused}");
    assert!(held(&story).is_some(), "it holds");

    // A pass by another declaration is no failure either.
    let run = story.starts(STEP, "contract").expect("what holds can be run");
    let mut verdict = story.verdict(Outcome::Pass);
    verdict.gate_digest = "0".repeat(64);
    let with_digest = |story: &mut Story| story.must(&takes(corrected("contract", "e")));
    story.must(&Command::FinishGate {
        run,
        verdict: verdict.clone(),
    });
    with_digest(&mut story);
    let run = story.starts(STEP, "contract").expect("what holds can be run");
    let events = story.must(&Command::FinishGate { run, verdict });
    assert_eq!(names(&events), ["gate_finished", "hold_placed"]);
    assert_eq!(
        goes_on(&mut story).expect_err("it passed otherwise").code(),
        "not_decided"
    );

    // A failure is one, whatever was asked before.
    story.runs(STEP, "contract", Outcome::Fail);
    goes_on(&mut story).expect("the runbook says so");

    // A rollback is always possible.
    let mut story = failed(OnFail::Caution);
    story.runs(STEP, "contract", Outcome::Inconclusive);
    let session = uuid::Uuid::from_u128(99);
    let procedure = "rollback".to_owned();
    story.must(&Command::LinkRollback { session, procedure });
    assert_eq!(story.standing(), Standing::RollingBack);
}

#[test]
fn the_step_waits_for_its_other_gates() {
    let text = RELEASE.replace("on_fail=rollback", "on_fail=caution");
    let mut story = Story::of(started(&text, "release"));
    story.tick("release/freeze").expect("is next");
    story.runs(STEP, "contract", Outcome::Fail);
    let events = goes_on(&mut story).expect("the runbook says so");
    assert_eq!(names(&events), ["proceeded_with_caution", "hold_lifted"]);
    let events = story.runs(STEP, "rpc", Outcome::Pass);
    assert_eq!(names(&events), ["gate_finished", "step_ticked"]);
    assert!(
        matches!(
            events.last(),
            Some(Event::StepTicked {
                by: TickedBy::Caution { .. },
                ..
            })
        ),
        "{:?}",
        events.last()
    );
}

#[test]
fn a_later_failure_holds_again_and_a_later_pass_ends_the_caution() {
    let mut story = failed(OnFail::Caution);
    goes_on(&mut story).expect("the runbook says so");
    assert_eq!(
        names(&story.runs(STEP, "contract", Outcome::Fail)),
        ["gate_finished", "hold_placed"]
    );
    assert!(story.state.cautions.is_empty(), "it was decided of another failure");
    goes_on(&mut story).expect("once more");
    story.runs(STEP, "contract", Outcome::Pass);
    assert!(story.state.cautions.is_empty());
}

#[test]
fn a_step_without_a_pass_says_so_after_another_declaration_was_taken() {
    let mut story = failed(OnFail::Caution);
    goes_on(&mut story).expect("the runbook says so");
    story.must(&takes(corrected("contract", "e")));
    let summary = Summary::of(&story.state, None).expect("it began");
    assert_eq!(summary.headline, Headline::Caution, "{}", summary.sentence.text);
}

#[test]
fn nothing_is_decided_of_a_gate_that_is_asked() {
    let text = RELEASE.replace("on_fail=rollback", "on_fail=caution");
    let mut story = Story::of(started(&text, "release"));
    story.tick("release/freeze").expect("is next");
    story.runs(STEP, "contract", Outcome::Fail);
    goes_on(&mut story).expect("the runbook says so");
    story.starts(STEP, "contract").expect("it can be asked again");
    assert_eq!(
        names(&story.runs(STEP, "rpc", Outcome::Pass)),
        ["gate_finished"],
        "its answer is awaited"
    );
}

/// What failed before another declaration was taken is no evidence any more, so that it is no failure to go on from either.
#[test]
fn nothing_is_gone_on_with_that_was_corrected_and_not_run_anew() {
    let advised = |story: &Story| {
        let (step, _, hold) = story.state.hold().expect("it holds");
        story.state.recommendation(step, hold)
    };
    let mut story = failed(OnFail::Caution);
    assert!(advised(&story).may_go_on);
    let new = corrected("contract", "e");
    story.must(&takes(new.clone()));
    let refused = goes_on(&mut story).expect_err("nothing was asked by it");
    assert_eq!(refused.code(), "not_decided");
    assert!(refused.to_string().contains("was corrected"), "{refused}");
    let said = advised(&story);
    assert!(!said.may_go_on && said.offers_rollback, "{said:?}");
    assert_eq!(said.what, "run it anew, or roll back");
    let run = story.starts(STEP, "contract").expect("what holds can be run");
    let mut verdict = story.verdict(Outcome::Fail);
    verdict.gate_digest = new.digest.expect("it has one");
    story.must(&Command::FinishGate { run, verdict });
    assert!(advised(&story).may_go_on);
    goes_on(&mut story).expect("it failed by what was taken");
}

/// What the browser saw before is none either.
#[test]
fn what_a_browser_saw_before_the_correction_is_not_gone_on_with() {
    let text = RELEASE.replace("on_fail=rollback", "on_fail=caution");
    let mut one = started(&text, "release");
    let contract = one.gates.get_mut("contract").expect("declared");
    (contract.direct, contract.direct_decides) = (true, true);
    let mut story = Story::of(one);
    story.tick("release/freeze").expect("is next");
    let verdict = story.verdict(Outcome::Fail);
    let (observation, run) = (story.id(), story.id());
    story.must(&Command::Observe {
        observation,
        run,
        step: STEP.to_owned(),
        gate: "contract".to_owned(),
        verdict,
    });
    assert!(story.state.hold().is_some());
    let mut new = corrected("contract", "e");
    (new.direct, new.direct_decides) = (true, true);
    story.must(&takes(new));
    assert_eq!(
        goes_on(&mut story).expect_err("nothing was seen by it").code(),
        "not_decided"
    );
}

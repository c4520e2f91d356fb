//! When the faults of a plan are on.

use super::story::*;
use super::*;
use holdpoint_domain::gate::Outcome;

fn verified(story: &mut Story) {
    story.tick("release/freeze").expect("ticked");
    story.runs("release/verify", "contract", Outcome::Pass);
}

#[test]
fn a_fault_strikes_so_long_after_the_start_and_lasts_as_long_as_it_says() {
    let short = PlannedFault {
        lasts_seconds: Some(60),
        ..fault("rpc", DrillTrigger::Start, 90)
    };
    let sealed = sealed(vec![fault("contract", DrillTrigger::Start, 30), short]);
    let story = drill(&sealed);
    assert_eq!(windows(&story, &sealed.plan), [Some((30, None)), Some((90, Some(150)))]);
}

#[test]
fn what_has_not_happened_strikes_nothing() {
    let asked = DrillTrigger::Asked { gate: "rpc".into() };
    let sealed = sealed(vec![fault("rpc", DrillTrigger::BeforeLive, 0), fault("rpc", asked, 0)]);
    let mut story = drill(&sealed);
    story.tick("release/freeze").expect("ticked");
    assert_eq!(windows(&story, &sealed.plan), [None, None]);
}

#[test]
fn before_live_is_when_the_step_marked_live_is_next() {
    let sealed = sealed(vec![fault("rpc", DrillTrigger::BeforeLive, 5)]);
    let mut story = drill(&sealed);
    story.wait(10);
    verified(&mut story);
    story.wait(20);
    story.tick("release/switch").expect("ticked");
    assert_eq!(windows(&story, &sealed.plan), [Some((15, None))]);
}

#[test]
fn a_step_that_is_next_again_after_a_tick_was_taken_back_changes_no_moment() {
    let sealed = sealed(vec![fault("rpc", DrillTrigger::BeforeLive, 5)]);
    let mut story = drill(&sealed);
    verified(&mut story);
    story.wait(30);
    story.tick("release/switch").expect("ticked");
    story.wait(30);
    let back = ClientCommand::Untick {
        step: "release/switch".into(),
        reason: "too early".into(),
    };
    story.ask(back).expect("taken back");
    assert_eq!(windows(&story, &sealed.plan), [Some((5, None))]);
}

#[test]
fn a_gate_is_waited_for_until_its_step_is_next_or_until_it_is_asked() {
    let before = DrillTrigger::BeforeGate {
        gate: "contract".into(),
    };
    let asked = DrillTrigger::Asked {
        gate: "contract".into(),
    };
    let sealed = sealed(vec![fault("contract", before, 0), fault("contract", asked, 1)]);
    let mut story = drill(&sealed);
    story.wait(7);
    story.tick("release/freeze").expect("ticked");
    story.wait(3);
    story.runs("release/verify", "contract", Outcome::Fail);
    story.wait(3);
    story.runs("release/verify", "contract", Outcome::Fail);
    assert_eq!(windows(&story, &sealed.plan), [Some((7, None)), Some((11, None))]);
}

#[test]
fn a_rollback_ends_every_fault_and_what_would_strike_after_it_never_does() {
    let sealed = sealed(vec![
        fault("contract", DrillTrigger::Start, 30),
        fault("rpc", DrillTrigger::Start, 40),
        fault("rpc", DrillTrigger::Start, 41),
    ]);
    let mut story = drill(&sealed);
    story.wait(40);
    story.must(&Command::LinkRollback {
        session: uuid::Uuid::from_u128(99),
        procedure: "rollback".into(),
    });
    assert_eq!(windows(&story, &sealed.plan), [Some((30, Some(40))), None, None]);
}

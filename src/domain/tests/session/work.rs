//! Work by hand comes before the gates that verify it.

use super::story::*;
use holdpoint_domain::gate::Outcome;
use holdpoint_domain::session::*;

const SCALE: &str = r#"# Demo

## Golden release procedure
<!-- holdpoint: procedure id=release kind=release order=sequential -->

### STEP 1: FREEZE
<!-- holdpoint: id=freeze -->

Stop the workers.

### STEP 2: SCALE
<!-- holdpoint: id=scale gate=contract -->

Bring the workers back.
"#;

const STEP: &str = "release/scale";

fn story() -> Story {
    let mut one = started(SCALE, "release");
    one.gates.get_mut("contract").expect("declared").auto = true;
    let mut story = Story::of(one);
    story.tick("release/freeze").expect("is next");
    story
}

fn confirms(story: &mut Story) -> Result<Vec<Event>, Refusal> {
    story.ask(ClientCommand::ConfirmWork { step: STEP.to_owned() })
}

#[test]
fn no_gate_is_asked_before_somebody_has_said_that_the_work_is_done() {
    let mut story = story();
    assert!(gates_to_run(&story.state).is_empty(), "not even by itself");
    assert_eq!(
        story.starts(STEP, "contract").expect_err("too early").code(),
        "work_open"
    );
    assert_eq!(names(&confirms(&mut story).expect("it waits")), ["work_confirmed"]);
    assert_eq!(gates_to_run(&story.state), [(STEP.to_owned(), "contract".to_owned())]);
    assert_eq!(confirms(&mut story).expect_err("once").code(), "no_work_open");
    assert_eq!(
        names(&story.runs(STEP, "contract", Outcome::Pass)),
        ["gate_finished", "step_ticked"]
    );
}

#[test]
fn what_a_browser_saw_before_the_work_is_not_taken() {
    let mut story = story();
    let verdict = story.verdict(Outcome::Pass);
    let seen = Command::Observe {
        observation: story.id(),
        run: story.id(),
        step: STEP.to_owned(),
        gate: "contract".to_owned(),
        verdict,
    };
    assert_eq!(story.does(&seen).expect_err("too early").code(), "work_open");
}

#[test]
fn a_tick_before_it_that_is_taken_back_makes_the_word_void() {
    let mut story = story();
    confirms(&mut story).expect("it waits");
    let back = ClientCommand::Untick {
        step: "release/freeze".to_owned(),
        reason: "a worker was left".to_owned(),
    };
    story.ask(back).expect("nothing after it is done");
    story.tick("release/freeze").expect("is next again");
    assert_eq!(story.starts(STEP, "contract").expect_err("void").code(), "work_open");
}

#[test]
fn work_is_confirmed_in_turn_and_only_where_it_is_asked_for() {
    let mut early = Story::of(started(SCALE, "release"));
    assert_eq!(confirms(&mut early).expect_err("not its turn").code(), "out_of_order");
    let mut story = Story::release();
    story.tick("release/freeze").expect("is next");
    let none = story.ask(ClientCommand::ConfirmWork {
        step: "release/verify".to_owned(),
    });
    assert_eq!(none.expect_err("it only looks").code(), "no_work_open");
}

const TWO_GATES: &str = r#"# Demo

## Golden release procedure
<!-- holdpoint: procedure id=release kind=release order=sequential -->

### STEP 1: FREEZE
<!-- holdpoint: id=freeze -->

Stop the workers.

### STEP 2: SCALE
<!-- holdpoint: id=scale gate=contract,rpc on_fail=caution -->

Bring the workers back.
"#;

fn takes_freeze_back(story: &mut Story) {
    let back = ClientCommand::Untick {
        step: "release/freeze".to_owned(),
        reason: "a worker was left".to_owned(),
    };
    story.ask(back).expect("nothing after it is done");
}

#[test]
fn a_pass_from_before_the_work_lifts_a_hold_and_ticks_nothing() {
    let mut story = Story::of(started(TWO_GATES, "release"));
    story.tick("release/freeze").expect("is next");
    confirms(&mut story).expect("it waits");
    let open = story.starts(STEP, "contract").expect("the work is done");
    takes_freeze_back(&mut story);
    story.tick("release/freeze").expect("is next again");
    let verdict = story.verdict(Outcome::Fail);
    story.must(&Command::FinishGate { run: open, verdict });
    // What holds can always be run: the word for the work is void, and nobody has given it anew.
    story.runs(STEP, "contract", Outcome::Pass);
    assert_eq!(story.standing(), Standing::Go);
    confirms(&mut story).expect("it waits again");
    story.runs(STEP, "rpc", Outcome::Pass);
    assert!(
        !story.state.is_done(STEP),
        "the contract was looked at before the work was done anew"
    );
    story.runs(STEP, "contract", Outcome::Pass);
    assert!(story.state.is_done(STEP));
}

#[test]
fn a_decision_out_of_turn_lifts_the_hold_and_ticks_nothing() {
    let mut story = Story::of(started(TWO_GATES, "release"));
    story.tick("release/freeze").expect("is next");
    confirms(&mut story).expect("it waits");
    story.runs(STEP, "contract", Outcome::Fail);
    takes_freeze_back(&mut story);
    let decide = ClientCommand::ProceedWithCaution {
        step: STEP.to_owned(),
        gate: "contract".to_owned(),
        reason: "known".to_owned(),
    };
    let events = story.ask(decide).expect("the runbook says so");
    assert_eq!(names(&events), ["proceeded_with_caution", "hold_lifted"]);
    story.tick("release/freeze").expect("is next again");
    confirms(&mut story).expect("it waits again");
    story.runs(STEP, "rpc", Outcome::Pass);
    assert!(!story.state.is_done(STEP), "the decision was about the work before");
    let events = story.runs(STEP, "contract", Outcome::Pass);
    assert!(
        matches!(
            events.last(),
            Some(Event::StepTicked {
                by: TickedBy::Gate { .. },
                ..
            })
        ),
        "it passed: {events:?}"
    );
}

#[test]
fn what_the_browser_saw_out_of_turn_ticks_nothing_later() {
    let mut one = started(TWO_GATES, "release");
    let contract = one.gates.get_mut("contract").expect("declared");
    (contract.direct, contract.direct_decides) = (true, true);
    let mut story = Story::of(one);
    story.tick("release/freeze").expect("is next");
    confirms(&mut story).expect("it waits");
    let see = |story: &mut Story, outcome| {
        let seen = Command::Observe {
            observation: story.id(),
            run: story.id(),
            step: STEP.to_owned(),
            gate: "contract".to_owned(),
            verdict: story.verdict(outcome),
        };
        story.must(&seen);
    };
    see(&mut story, Outcome::Fail);
    takes_freeze_back(&mut story);
    see(&mut story, Outcome::Pass);
    assert_eq!(story.standing(), Standing::Go);
    story.tick("release/freeze").expect("is next again");
    confirms(&mut story).expect("it waits again");
    story.runs(STEP, "rpc", Outcome::Pass);
    assert!(!story.state.is_done(STEP), "it was seen before the work was done anew");
}

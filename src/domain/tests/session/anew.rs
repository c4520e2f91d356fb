//! Evidence that a taken-back tick makes void, and a start that does not count.

use super::story::*;
use holdpoint_domain::gate::Outcome;
use holdpoint_domain::session::*;

/// A step with two gates after one by hand, and a step with two gates and a sub-step. The browser decides the gate `rpc`,
/// where it is asked.
const GATED: &str = r#"# Demo

## Work
<!-- holdpoint: procedure id=work kind=checklist order=ORDER -->

- [ ] By hand <!-- holdpoint: id=hand -->
- [ ] Verified <!-- holdpoint: id=verified gate=contract,rpc -->
- [ ] Parent <!-- holdpoint: id=parent gate=contract,rpc -->
  - [ ] Child <!-- holdpoint: id=child -->
"#;

fn work(order: &str) -> Story {
    let mut one = started(&GATED.replace("ORDER", order), "work");
    one.gates.get_mut("rpc").expect("declared").direct_decides = true;
    Story::of(one)
}

/// The same, where the proxy asks every gate.
fn asked_by_the_proxy(order: &str) -> Story {
    Story::of(started(&GATED.replace("ORDER", order), "work"))
}

fn id(title: &str) -> StepId {
    format!("work/{title}")
}

/// The browser sees that `rpc` passes.
fn sees(story: &mut Story, step: &str) -> Vec<Event> {
    let (observation, run, verdict) = (story.id(), story.id(), story.verdict(Outcome::Pass));
    story.must(&Command::Observe {
        observation,
        run,
        step: id(step),
        gate: "rpc".to_owned(),
        verdict,
    })
}

fn untick(story: &mut Story, step: &str) {
    let (step, reason) = (id(step), "not yet".to_owned());
    story
        .ask(ClientCommand::Untick { step, reason })
        .expect("nothing that rests on it is done");
}

fn passes(story: &Story, step: &str, gate: &str) -> bool {
    story.state.gate_state(&id(step), gate, story.now).passes()
}

#[test]
fn in_order_what_was_seen_of_a_later_step_is_void_when_a_tick_is_taken_back() {
    let mut story = work("sequential");
    story.tick("work/hand").expect("is next");
    assert_eq!(names(&sees(&mut story, "verified")), ["gate_observed"]);
    assert!(passes(&story, "verified", "rpc"));
    untick(&mut story, "hand");
    story.tick("work/hand").expect("is next again");
    assert!(
        !passes(&story, "verified", "rpc"),
        "it was seen before the work was done anew"
    );
    assert_eq!(
        names(&story.runs(&id("verified"), "contract", Outcome::Pass)),
        ["gate_finished"],
        "one gate of two is no tick"
    );
    assert_eq!(names(&sees(&mut story, "verified")), ["gate_observed", "step_ticked"]);
}

#[test]
fn in_any_order_what_was_seen_of_the_step_above_is_void_when_a_tick_is_taken_back() {
    let mut story = work("any");
    story.tick("work/hand").expect("any order");
    story.tick("work/parent/child").expect("any order");
    sees(&mut story, "parent");
    sees(&mut story, "verified");
    untick(&mut story, "parent/child");
    story.tick("work/parent/child").expect("open again");
    assert!(
        !passes(&story, "parent", "rpc"),
        "it was seen before the work was done anew"
    );
    assert!(passes(&story, "verified", "rpc"), "it does not rest on that step");
    assert_eq!(
        names(&story.runs(&id("parent"), "contract", Outcome::Pass)),
        ["gate_finished"],
        "one gate of two is no tick"
    );
}

#[test]
fn the_runs_of_a_gated_step_are_void_when_a_sub_step_is_open_again() {
    for order in ["any", "sequential"] {
        let mut story = asked_by_the_proxy(order);
        story.tick("work/hand").expect("is next");
        story.runs(&id("verified"), "contract", Outcome::Pass);
        story.runs(&id("verified"), "rpc", Outcome::Pass);
        story.tick("work/parent/child").expect("is next");
        story.runs(&id("parent"), "rpc", Outcome::Pass);
        assert!(passes(&story, "parent", "rpc"));
        untick(&mut story, "parent/child");
        story.tick("work/parent/child").expect("is next again");
        assert!(
            !passes(&story, "parent", "rpc"),
            "{order}: it ran before the work was done anew"
        );
        story.runs(&id("parent"), "contract", Outcome::Pass);
        assert!(
            !story.state.is_done("work/parent"),
            "{order}: one gate of two is no tick"
        );
        story.runs(&id("parent"), "rpc", Outcome::Pass);
        assert!(story.state.is_done("work/parent"), "{order}");
    }
}

#[test]
fn a_gate_that_runs_is_shown_as_running() {
    let mut story = work("any");
    let run = story.starts("work/verified", "contract").expect("any order");
    let stands = story.state.gate_state("work/verified", "contract", story.now);
    assert!(matches!(stands, GateState::Running(one) if one.id == run), "{stands:?}");
}

#[test]
fn a_second_start_in_a_log_changes_nothing() {
    let mut story = Story::release();
    story.tick("release/freeze").expect("is next");
    let mut second = story.records[0].clone();
    second.event = Event::SessionStarted(Box::new(started(CHECKLIST, "list")));
    second.seq = 3;
    let mut before = story.state.clone();
    assert!(story.state.apply(&second).is_empty(), "no step is touched");
    before.head = 3;
    assert_eq!(story.state, before);
    story.records.push(second);
    let folded = State::fold(&story.records);
    assert_eq!(
        folded.started.as_ref().map(|started| started.procedure.id.as_str()),
        Some("release")
    );
    assert_eq!((folded.progress(), folded.is_done("release/freeze")), ((1, 3), true));
}

//! What the captain's browser saw at a gate.

use super::story::*;
use holdpoint_domain::gate::{Outcome, Source};
use holdpoint_domain::session::*;

const STEP: &str = "list/contract-holds";

fn seen(story: &mut Story, outcome: Outcome) -> Vec<Event> {
    let (observation, run) = (story.id(), story.id());
    let mut verdict = story.verdict(outcome);
    verdict.source = Source::Browser;
    story.must(&Command::Observe {
        observation,
        run,
        step: STEP.to_owned(),
        gate: "contract".to_owned(),
        verdict,
    })
}

/// The checklist with what its gate says of browsers: whether they ask, and whether they decide.
fn checklist(direct: bool, direct_decides: bool) -> Story {
    let mut one = started(CHECKLIST, "list");
    let gate = one.gates.get_mut("contract").expect("declared");
    (gate.direct, gate.direct_decides) = (direct, direct_decides);
    Story::of(one)
}

/// The run that an observation started.
fn started_run(events: &[Event]) -> RunId {
    let mut started = events.iter().filter_map(|event| match event {
        Event::GateStarted { run, .. } => Some(*run),
        _ => None,
    });
    started.next().expect("the proxy asks itself")
}

#[test]
fn an_invented_pass_ticks_nothing_and_starts_the_proxys_own_run() {
    for outcome in [Outcome::Pass, Outcome::Inconclusive] {
        let mut story = checklist(true, false);
        let events = seen(&mut story, outcome);
        assert_eq!(names(&events), ["gate_observed", "gate_started"]);
        assert!(!story.state.is_done(STEP));
        assert!(!story.state.gate_state(STEP, "contract", story.now).passes());
        // Saying it again changes nothing: the proxy is asking.
        assert_eq!(names(&seen(&mut story, Outcome::Pass)), ["gate_observed"]);
        let verdict = story.verdict(Outcome::Fail);
        let run = started_run(&events);
        let finished = story.must(&Command::FinishGate { run, verdict });
        assert_eq!(names(&finished), ["gate_finished", "hold_placed"]);
        // What holds is run again by people, or two machines would ask each other for ever.
        assert_eq!(names(&seen(&mut story, Outcome::Pass)), ["gate_observed"]);
        assert!(!story.state.is_done(STEP) && story.standing() == Standing::Hold);
    }
    let mut story = checklist(true, false);
    let run = started_run(&seen(&mut story, Outcome::Pass));
    let verdict = story.verdict(Outcome::Pass);
    let finished = story.must(&Command::FinishGate { run, verdict });
    assert_eq!(names(&finished), ["gate_finished", "step_ticked"]);
}

#[test]
fn a_gate_that_browsers_do_not_ask_learns_nothing_from_one() {
    assert_eq!(
        names(&seen(&mut checklist(false, false), Outcome::Pass)),
        ["gate_observed"]
    );
}

#[test]
fn a_difference_seen_from_the_browser_holds_until_the_gate_is_run_again() {
    let mut story = checklist(true, false);
    let events = seen(&mut story, Outcome::Fail);
    assert_eq!(names(&events), ["gate_observed", "gate_started", "hold_placed"]);
    // The run began before the failure was recorded.
    let verdict = story.verdict(Outcome::Pass);
    let run = started_run(&events);
    assert_eq!(
        names(&story.must(&Command::FinishGate { run, verdict })),
        ["gate_finished"]
    );
    assert_eq!(story.standing(), Standing::Hold);
    assert_eq!(
        names(&story.runs(STEP, "contract", Outcome::Pass)),
        ["gate_finished", "hold_lifted", "step_ticked"]
    );
}

#[test]
fn where_the_author_says_so_the_browser_decides() {
    let mut story = checklist(true, true);
    let events = seen(&mut story, Outcome::Pass);
    assert_eq!(names(&events), ["gate_observed", "step_ticked"]);
    let told = describe_event(&story.state, &events[1]).what;
    assert_eq!(told, "ticked by its gates, on the word of a browser");
    let refused = checklist(true, true)
        .starts(STEP, "contract")
        .expect_err("no proxy reaches it");
    assert_eq!(refused.code(), "browser_decides");

    let mut story = checklist(true, true);
    assert_eq!(names(&seen(&mut story, Outcome::Inconclusive)), ["gate_observed"]);
    assert_eq!(
        names(&seen(&mut story, Outcome::Fail)),
        ["gate_observed", "hold_placed"]
    );
    assert_eq!(
        names(&seen(&mut story, Outcome::Pass)),
        ["gate_observed", "hold_lifted", "step_ticked"]
    );
}

#[test]
fn a_gate_that_decides_by_itself_never_runs_by_itself() {
    let mut one = started(CHECKLIST, "list");
    let gate = one.gates.get_mut("contract").expect("declared");
    (gate.auto, gate.direct, gate.direct_decides) = (true, true, true);
    assert!(gates_to_run(&Story::of(one).state).is_empty());
}

#[test]
fn what_the_browser_says_of_another_declaration_does_not_count() {
    let mut one = started(CHECKLIST, "list");
    let gate = one.gates.get_mut("contract").expect("declared");
    (gate.direct, gate.direct_decides) = (true, true);
    gate.digest = Some("e".repeat(64));
    let mut story = Story::of(one);
    assert_eq!(names(&seen(&mut story, Outcome::Pass)), ["gate_observed"]);
    assert!(!story.state.gate_state(STEP, "contract", story.now).passes());
}

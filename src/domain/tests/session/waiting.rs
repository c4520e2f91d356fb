//! Evidence that came when it could tick nothing, and ticks later.

use super::story::*;
use holdpoint_domain::gate::{Outcome, Source};
use holdpoint_domain::session::*;

/// Two gated steps of any order; of the gate `rpc` the browser decides, or the proxy asks it.
fn two(decides: bool) -> Story {
    let text = CHECKLIST.replace("id=merged", "id=merged gate=rpc");
    let mut one = started(&text, "list");
    one.gates.get_mut("rpc").expect("declared").direct_decides = decides;
    Story::of(one)
}

fn sees(story: &mut Story) -> Vec<Event> {
    let (observation, run) = (story.id(), story.id());
    let mut verdict = story.verdict(Outcome::Pass);
    verdict.source = Source::Browser;
    story.must(&Command::Observe {
        observation,
        run,
        step: "list/merged".to_owned(),
        gate: "rpc".to_owned(),
        verdict,
    })
}

#[test]
fn what_passed_in_a_hold_ticks_when_the_hold_is_lifted() {
    for observed in [true, false] {
        let mut story = two(observed);
        story.runs("list/contract-holds", "contract", Outcome::Fail);
        let events = match observed {
            true => sees(&mut story),
            false => story.runs("list/merged", "rpc", Outcome::Pass),
        };
        assert_eq!(events.len(), 1, "nothing is ticked in a hold: {events:?}");
        let events = story.runs("list/contract-holds", "contract", Outcome::Pass);
        assert_eq!(
            names(&events),
            ["gate_finished", "hold_lifted", "step_ticked", "step_ticked"]
        );
        assert!(story.state.is_done("list/merged"), "observed: {observed}");
    }
}

#[test]
fn what_came_from_the_future_ticks_with_the_next_pass_of_another_step() {
    let mut story = two(true);
    let run = story.starts("list/contract-holds", "contract").expect("starts");
    let mut verdict = story.verdict(Outcome::Pass);
    verdict.started += chrono::TimeDelta::seconds(60);
    verdict.finished = verdict.started;
    let events = story.must(&Command::FinishGate { run, verdict });
    assert_eq!(names(&events), ["gate_finished"], "the clock was set back");
    story.wait(120);
    assert_eq!(
        names(&sees(&mut story)),
        ["gate_observed", "step_ticked", "step_ticked"]
    );
}

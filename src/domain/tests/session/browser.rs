//! What the captain's browser saw at a gate.

use super::story::*;
use holdpoint_domain::gate::{Outcome, Source};
use holdpoint_domain::session::*;

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

//! When the summary says that something new is live, or is not: only the author says with which step it goes live, and only a gate that
//! compares the version sees it.

use std::sync::Arc;

use holdpoint_domain::gate::{DeclaredLine, Outcome};
use holdpoint_domain::runbook::{Order, ProcedureKind};
use holdpoint_domain::session::{Event, SessionOutcome, Started, TickedBy};
use holdpoint_domain::summary::{Claim, Headline, Tone};
use uuid::Uuid;

use super::place::*;

const LIVE: &str = "The new version is live: a check has seen it.";

/// The release with the gates `version` and `smoke` at the step `DEPLOY`.
fn both_at_deploy(marked: bool) -> Started {
    let mut one = with_version_gate();
    let mut procedure = if marked { release() } else { unmarked() };
    procedure.steps[3].gates = vec!["version".to_owned(), "smoke".to_owned()];
    one.procedure = Arc::new(procedure);
    one
}

fn text(started: &Started, events: impl IntoIterator<Item = Event>) -> String {
    summary(&after(started.clone(), events)).sentence.text
}

#[test]
fn titles_do_not_say_what_goes_live() {
    let steps = [
        ("SWITCH", "Customers are moved to the new version"),
        ("DEPLOY the dashboards", "The live dashboards look right"),
    ];
    let procedure = procedure(ProcedureKind::Release, Order::Sequential, &steps);
    for done in 0..2 {
        let told = summary(&state(procedure.clone(), done, false));
        assert_eq!(told.sentence.text, format!("{done} of 2 steps are done."));
        assert_eq!(told.sentence.claims, []);
    }
}

#[test]
fn a_mark_at_a_sub_step_counts_for_the_step_that_holds_it() {
    let mut procedure = unmarked();
    let mut child = step(31, "Promote", "The new version is promoted");
    child.live = true;
    procedure.steps[3].children = vec![child];
    assert_eq!(
        summary(&state(procedure, 1, false)).sentence.text,
        "Nothing new is live yet: “New version goes live” comes later."
    );
}

#[test]
fn a_check_that_saw_the_new_version_is_told_though_another_of_the_same_step_fails() {
    let ready_failed = || run(3, "smoke", Outcome::Fail).into_iter().chain([hold_of(3, "smoke")]);
    for (marked, expected) in [
        (true, format!("A check has not passed. {LIVE}")),
        (false, format!("A check has not passed. 3 of 5 steps are done. {LIVE}")),
    ] {
        let events = (0..3)
            .map(ticked)
            .chain(run(3, "version", Outcome::Pass))
            .chain(ready_failed());
        assert_eq!(text(&both_at_deploy(marked), events), expected);
    }
}

#[test]
fn a_check_counts_wherever_it_stands() {
    let mut one = both_at_deploy(true);
    let mut procedure = (*one.procedure).clone();
    procedure.steps[1].gates = vec!["version".to_owned()];
    one.procedure = Arc::new(procedure);
    let events = [ticked(0)]
        .into_iter()
        .chain(run(1, "version", Outcome::Pass))
        .chain([ticked(1)]);
    assert_eq!(text(&one, events), LIVE);
}

#[test]
fn a_check_that_asks_by_the_name_of_the_release_has_not_seen_it_live() {
    let asks = |text: &str| DeclaredLine {
        label: "Runs".to_owned(),
        text: text.to_owned(),
    };
    for asks in [
        vec![asks("git tag --points-at {git_sha}")],
        vec![asks("GET {url.registry}/builds/{version}")],
        // A log that does not tell what was asked.
        Vec::new(),
    ] {
        let mut one = both_at_deploy(false);
        one.gates.get_mut("version").expect("declared").asks = asks;
        let events = (0..3).map(ticked).chain(run(3, "version", Outcome::Pass));
        assert_eq!(text(&one, events), "3 of 5 steps are done.");
    }
}

/// What a browser saw of the gate `version` at a step.
fn seen_by_browser(step: usize, outcome: Outcome) -> Event {
    let [
        _,
        Event::GateFinished {
            run,
            step,
            gate,
            verdict,
        },
    ] = run(step, "version", outcome)
    else {
        unreachable!("a run is a start and an end");
    };
    Event::GateObserved {
        observation: run,
        step,
        gate,
        verdict,
    }
}

#[test]
fn what_a_browser_saw_makes_nothing_live_and_ends_that_nothing_is() {
    let mut one = both_at_deploy(true);
    let mut procedure = (*one.procedure).clone();
    procedure.steps[1].gates = vec!["version".to_owned()];
    procedure.steps[3].gates = vec!["smoke".to_owned()];
    one.procedure = Arc::new(procedure);
    let decides = one.gates.get_mut("version").expect("declared");
    (decides.direct, decides.direct_decides) = (true, true);
    let before = |outcome: Outcome| vec![ticked(0), seen_by_browser(1, outcome)];
    assert_eq!(
        text(&one, before(Outcome::Inconclusive)),
        "Nothing new is live yet: “New version goes live” comes later."
    );
    assert_eq!(text(&one, before(Outcome::Pass)), "1 of 5 steps are done.");
    // Also when it is not seen any more, and when it is given up.
    let later = before(Outcome::Pass)
        .into_iter()
        .chain(before(Outcome::Fail).into_iter().skip(1));
    assert_eq!(text(&one, later), "1 of 5 steps are done.");
    let closed = before(Outcome::Pass)
        .into_iter()
        .chain([closed(SessionOutcome::Abandoned)]);
    let told = summary(&after(one.clone(), closed));
    assert_eq!(told.sentence.text, "It was given up. Ask Ana what is live.");
    assert_eq!(told.headline, Headline::GivenUpMaybeLive);
    // At hand it is not known whether it is live; what the step's own checks proved stays.
    let by_gates = Event::StepTicked {
        step: "3".to_owned(),
        by: TickedBy::Gate { run: Uuid::nil() },
    };
    let at_hand = before(Outcome::Pass).into_iter().chain((1..3).map(ticked));
    assert_eq!(
        text(&one, at_hand.clone()),
        "“New version goes live” is the step at hand, and whether the new version is live is not known."
    );
    assert_eq!(
        text(&one, at_hand.chain([by_gates])),
        "“New version goes live” is done, and its checks passed."
    );
}

/// A run of the gate `version` that failed because of this observation.
fn observed(observed: &str, outcome: Outcome) -> Vec<Event> {
    let mut events = run(3, "version", outcome);
    if let Event::GateFinished { verdict, .. } = &mut events[1] {
        verdict.checks[0].expected = "commit a1b2c3d".to_owned();
        verdict.checks[0].observed = observed.to_owned();
    }
    events.into_iter().chain([hold_of(3, "version")]).collect()
}

#[test]
fn a_check_that_saw_another_version_is_told_with_what_it_saw() {
    let other =
        "The last check of the version did not see the new one: it expected “commit a1b2c3d” and saw “0ld0000”.";
    let events = || (0..3).map(ticked).chain(observed("0ld0000", Outcome::Fail));
    assert_eq!(
        text(&both_at_deploy(true), events()),
        format!("A check has not passed. “New version goes live” is the step at hand. {other}")
    );
    assert_eq!(
        text(&both_at_deploy(false), events()),
        format!("A check has not passed. 3 of 5 steps are done. {other}")
    );
    let given_up = events().chain([closed(SessionOutcome::Abandoned)]);
    assert_eq!(
        text(&both_at_deploy(true), given_up),
        format!("It was given up. {other} Ask Ana what is live.")
    );
    // What could not be read is no other version.
    let unread = (0..3).map(ticked).chain(observed("no answer", Outcome::Inconclusive));
    assert!(!text(&both_at_deploy(true), unread).contains("did not see"));
}

#[test]
fn what_a_check_saw_once_is_never_told_as_about_to_go_live() {
    let unreadable = run(3, "version", Outcome::Inconclusive);
    let events = (0..3)
        .map(ticked)
        .chain(run(3, "version", Outcome::Pass))
        .chain(unreadable);
    let told = text(&both_at_deploy(true), events.chain([hold_of(3, "version")]));
    assert_eq!(
        told,
        "A check has not passed. “New version goes live” is the step at hand, and whether the new version is live is not known."
    );
}

#[test]
fn nothing_is_told_as_not_live_once_a_check_has_seen_the_new_version() {
    let mut one = both_at_deploy(true);
    let mut procedure = (*one.procedure).clone();
    procedure.steps[1].gates = vec!["version".to_owned()];
    one.procedure = Arc::new(procedure);
    let mut again = run(1, "version", Outcome::Fail);
    if let [
        Event::GateStarted { run: started, .. },
        Event::GateFinished { run, verdict, .. },
    ] = &mut again
    {
        (*started, *run) = (Uuid::from_u128(99), Uuid::from_u128(99));
        verdict.checks[0].expected = "commit a1b2c3d".to_owned();
        verdict.checks[0].observed = "0ld0000".to_owned();
    }
    let events = [ticked(0)]
        .into_iter()
        .chain(run(1, "version", Outcome::Pass))
        .chain(again);
    let told = summary(&after(one, events.chain([hold_of(1, "version")])));
    assert!(
        !told.sentence.claims.contains(&Claim::NothingNewLive),
        "{:?}",
        told.sentence
    );
    assert!(
        told.sentence.claims.contains(&Claim::OtherVersionSeen),
        "{:?}",
        told.sentence
    );
}

#[test]
fn a_release_that_was_given_up_keeps_what_was_known() {
    let given_up = |events: Vec<Event>, marked| {
        let events = events.into_iter().chain([closed(SessionOutcome::Abandoned)]);
        summary(&after(both_at_deploy(marked), events))
    };
    let seen: Vec<Event> = (0..3).map(ticked).chain(run(3, "version", Outcome::Pass)).collect();
    let told = given_up(seen, false);
    assert_eq!(told.sentence.text, "It was given up. A check saw the new version live.");
    assert!(told.sentence.claims.contains(&Claim::NewVersionSeen));
    assert_eq!((told.headline.words(), told.headline.tone()), ("GIVEN UP", Tone::Hold));
    for (done, tone) in [(2, Tone::Ended), (3, Tone::Hold), (4, Tone::Hold)] {
        let told = given_up((0..done).map(ticked).collect(), true);
        assert_eq!(told.headline.tone(), tone, "{done} done");
        assert_eq!(told.headline.words(), "GIVEN UP");
    }
    assert_eq!(
        given_up((0..3).map(ticked).collect(), false).headline,
        Headline::GivenUp
    );
}

#[test]
fn the_quotes_of_json_are_not_those_of_the_sentence() {
    for (seen, told) in [
        ("\"0ld0000\"", "saw “0ld0000”."),
        ("{\"a\": \"b\"}", "saw “{\"a\": \"b\"}”."),
        ("\"a\" or \"b\"", "saw “\"a\" or \"b\"”."),
    ] {
        let events = (0..3).map(ticked).chain(observed(seen, Outcome::Fail));
        let text = text(&both_at_deploy(true), events);
        assert!(text.ends_with(told), "{text}");
    }
}

//! What is told of a release.

use std::sync::Arc;

use holdpoint_domain::gate::Outcome;
use holdpoint_domain::runbook::{Order, ProcedureKind};
use holdpoint_domain::session::{Event, SessionOutcome, Started, StepStatus, TickedBy};
use holdpoint_domain::summary::{Claim, StageStatus, Tone};
use uuid::Uuid;

use super::place::*;

const BEFORE: &str = "Nothing new is live yet: “New version goes live” comes later.";
const AT_HAND: &str =
    "“New version goes live” is the step at hand: the new version may go live at any moment, or be live already.";
const NOT_PASSED: &str = "A check has not passed.";

#[test]
fn tells_of_production_what_the_steps_prove_and_no_more() {
    let done = "“New version goes live” was ticked by hand; no check has seen the new version yet.";
    let unknown = "“New version goes live” is done, and whether the new version is live and well is not known.";
    let table = [
        (0, false, BEFORE.to_owned()),
        (0, true, format!("{NOT_PASSED} {BEFORE}")),
        (1, false, BEFORE.to_owned()),
        (2, true, format!("{NOT_PASSED} {BEFORE} “Database updated” is done.")),
        (3, false, AT_HAND.to_owned()),
        (3, true, format!("{NOT_PASSED} {AT_HAND}")),
        (4, false, done.to_owned()),
        (4, true, format!("{NOT_PASSED} {unknown}")),
    ];
    for (done, hold, expected) in table {
        let summary = summary(&state(release(), done, hold));
        assert_eq!(summary.sentence.text, expected, "{done} done, hold: {hold}");
    }
}

#[test]
fn the_new_version_is_live_only_when_a_check_that_compares_it_has_passed() {
    let live = "The new version is live: a check has seen it.";
    let ticked_by_gate = Event::StepTicked {
        step: "3".to_owned(),
        by: TickedBy::Gate { run: Uuid::nil() },
    };
    let begin = || (0..3).map(ticked);
    let pass = run(3, "version", Outcome::Pass)
        .into_iter()
        .chain([ticked_by_gate.clone()]);
    let seen = after(with_version_gate(), begin().chain(pass.clone()));
    assert_eq!(summary(&seen).sentence.text, live);

    let smoke_failed = run(4, "smoke", Outcome::Fail).into_iter().chain([hold_of(4, "smoke")]);
    let held = after(with_version_gate(), begin().chain(pass.clone()).chain(smoke_failed));
    assert_eq!(summary(&held).sentence.text, format!("{NOT_PASSED} {live}"));

    let old_version = run(3, "version", Outcome::Fail)
        .into_iter()
        .chain([hold_of(3, "version")]);
    let old = after(with_version_gate(), begin().chain(pass).chain(old_version));
    assert!(
        !summary(&old).sentence.claims.contains(&Claim::NewVersionSeen),
        "{:?}",
        summary(&old).sentence
    );

    let mut without = with_version_gate();
    without
        .gates
        .values_mut()
        .for_each(|gate| gate.compares_release = false);
    let verified = after(
        without,
        begin().chain(run(3, "version", Outcome::Pass)).chain([ticked_by_gate]),
    );
    assert_eq!(
        summary(&verified).sentence.text,
        "“New version goes live” is done, and its checks passed."
    );
}

#[test]
fn counts_steps_where_they_do_not_tell_what_is_live() {
    let unordered = procedure(ProcedureKind::Release, Order::Any, &STEPS);
    for (procedure, steps) in [(unordered, 5), (unmarked(), 5)] {
        let held = summary(&state(procedure.clone(), 0, true));
        assert_eq!(held.sentence.text, format!("{NOT_PASSED} 0 of {steps} steps are done."));
        let going = summary(&state(procedure, 0, false));
        assert_eq!(going.sentence.text, format!("0 of {steps} steps are done."));
    }
    let deployment = Event::StepSkipped {
        step: "3".to_owned(),
        reason: "not today".to_owned(),
    };
    let events = (0..3).map(ticked).chain([deployment, ticked(4)]);
    let skipped = after(started(release()), events);
    assert_eq!(
        summary(&skipped).sentence.text,
        "4 of 5 steps are done, and 1 was left out."
    );
    let checklist = procedure(ProcedureKind::Checklist, Order::Any, &STEPS);
    assert_eq!(
        summary(&state(checklist, 1, false)).sentence.text,
        "1 of 5 steps are done."
    );
}

#[test]
fn says_where_it_runs_when_that_is_not_production() {
    let dev = Started {
        environment_title: "Dev".to_owned(),
        production: false,
        ..started(release())
    };
    let elsewhere = after(dev, []);
    assert_eq!(
        summary(&elsewhere).sentence.text,
        format!("This runs on Dev, not on production. {BEFORE}")
    );
}

#[test]
fn tells_how_it_ended_without_promising_more() {
    let told = |done, outcome| {
        let events = (0..done).map(ticked).chain([closed(outcome)]);
        let summary = summary(&after(started(release()), events));
        (summary.headline.words(), summary.sentence.text)
    };
    assert_eq!(
        told(5, SessionOutcome::Completed),
        ("FINISHED", "Every step is done.".to_owned())
    );
    assert_eq!(
        told(2, SessionOutcome::Abandoned),
        (
            "GIVEN UP",
            "It was given up before “New version goes live”: nothing new went live. “Database updated” is done."
                .to_owned()
        )
    );
    assert_eq!(
        told(3, SessionOutcome::Abandoned),
        ("GIVEN UP", "It was given up. Ask Ana what is live.".to_owned())
    );
    let skipped = Event::StepSkipped {
        step: "4".to_owned(),
        reason: "no time".to_owned(),
    };
    let events = (0..4).map(ticked).chain([skipped, closed(SessionOutcome::Completed)]);
    let left_out = summary(&after(started(release()), events));
    assert_eq!(
        left_out.sentence.text,
        "Every step is done or was left out. 1 step was left out: “Tried out end to end”."
    );
    assert_eq!(
        (left_out.headline.words(), left_out.headline.tone()),
        ("FINISHED, STEPS LEFT OUT", Tone::Ended)
    );
    assert_eq!((left_out.waiting_for, left_out.since), (None, Some(noon())));
}

#[test]
fn a_decision_to_go_on_without_a_pass_is_told_until_the_gate_passes() {
    let decided = Event::ProceededWithCaution {
        step: "2".to_owned(),
        gate: "smoke".to_owned(),
        run: Uuid::nil(),
        reason: "known".to_owned(),
    };
    let by = TickedBy::Caution { run: Uuid::nil() };
    let tick = Event::StepTicked {
        step: "2".to_owned(),
        by,
    };
    let events = [ticked(0), ticked(1), hold_of(2, "smoke"), decided, tick];
    let gone_on = after(with_version_gate(), events.clone());
    let told = summary(&gone_on);
    assert_eq!(
        (told.headline.words(), told.headline.tone()),
        ("GOING ON WITH CAUTION", Tone::Working)
    );
    assert!(
        told.sentence
            .text
            .starts_with("Ben decided to go on although a check did not pass. “New version"),
        "{}",
        told.sentence.text
    );
    assert_eq!(told.stages[2].status, StageStatus::WithoutPass);
    let passed = after(
        with_version_gate(),
        events.into_iter().chain(run(2, "smoke", Outcome::Pass)),
    );
    assert_eq!(summary(&passed).headline.words(), "GOING WELL");
}

#[test]
fn names_what_it_waits_for_and_since_when() {
    let held = summary(&state(release(), 2, true));
    assert_eq!(held.headline.words(), "ON HOLD");
    assert_eq!(
        held.waiting_for.as_deref(),
        Some("The check “contract”, which could not be completed")
    );
    assert_eq!(held.since, Some(noon()));
    assert_eq!(held.progress(), (2, 5));
    let stands: Vec<_> = held.stages.iter().map(|stage| stage.status).collect();
    assert_eq!(
        stands,
        [
            StageStatus::Done,
            StageStatus::Done,
            StageStatus::Held,
            StageStatus::Later,
            StageStatus::Later
        ]
    );
    let going = summary(&state(release(), 2, false));
    assert_eq!(
        going.waiting_for.as_deref(),
        Some("The next step: “Database and code agree”")
    );
    assert_eq!(going.stages[2].status, StageStatus::Now);
    assert_eq!(
        summary(&state(release(), 5, false)).waiting_for.as_deref(),
        Some("Ana to close the session")
    );
}

#[test]
fn a_stage_that_was_done_and_fails_now_is_held() {
    let state = after(started(release()), [ticked(0), ticked(1), held(0)]);
    let summary = summary(&state);
    assert_eq!(summary.stages[0].status, StageStatus::Held);
    assert_eq!(summary.progress(), (1, 5));
    assert_eq!(state.row("0").map(|row| row.status), Some(StepStatus::Failed));
}

fn taken_back(step: usize) -> Event {
    Event::StepUnticked {
        step: step.to_string(),
        reason: "wrong build".to_owned(),
    }
}

#[test]
fn what_was_at_hand_once_is_never_told_as_not_live() {
    let events = || (0..3).map(ticked).chain([taken_back(2)]);
    let open = summary(&after(started(release()), events()));
    assert_eq!(open.sentence.text, "2 of 5 steps are done.");
    let given_up = after(started(release()), events().chain([closed(SessionOutcome::Abandoned)]));
    assert_eq!(
        summary(&given_up).sentence.text,
        "It was given up. Ask Ana what is live."
    );
}

#[test]
fn a_check_that_the_session_does_not_count_any_more_has_not_seen_the_new_version() {
    let mut one = with_version_gate();
    let mut procedure = (*one.procedure).clone();
    procedure.steps[3].gates.clear();
    procedure.steps[4].gates = vec!["version".to_owned(), "smoke".to_owned()];
    one.procedure = Arc::new(procedure);
    let seen = (0..4).map(ticked).chain(run(4, "version", Outcome::Pass));
    let live = "The new version is live: a check has seen it.";
    assert_eq!(summary(&after(one.clone(), seen.clone())).sentence.text, live);
    let anew = seen.chain([taken_back(3), ticked(3)]);
    assert_eq!(
        summary(&after(one, anew)).sentence.text,
        "“New version goes live” is done, and whether the new version is live and well is not known."
    );
}

#[test]
fn by_hand_is_said_only_of_what_a_hand_ticked() {
    let by = TickedBy::Caution { run: Uuid::nil() };
    let gone_on = Event::StepTicked {
        step: "3".to_owned(),
        by,
    };
    let told = summary(&after(started(release()), (0..3).map(ticked).chain([gone_on])));
    assert_eq!(
        told.sentence.text,
        "“New version goes live” is done; no check has seen the new version yet."
    );
}

/// A gate of a step that is done can be run again, fail, and be gone on with; or it passed by an earlier declaration alone.
#[test]
fn the_checks_of_a_done_step_passed_only_while_they_stand_by_it() {
    let mut without = with_version_gate();
    without
        .gates
        .values_mut()
        .for_each(|gate| gate.compares_release = false);
    let verified = || {
        let pass = run(3, "version", Outcome::Pass);
        let by = TickedBy::Gate { run: Uuid::nil() };
        let tick = Event::StepTicked {
            step: "3".to_owned(),
            by,
        };
        (0..3).map(ticked).chain(pass).chain([tick])
    };
    let [_, decision, _] = gone_on(3, "version", "known");
    let fail = run(3, "version", Outcome::Fail);
    let gone_on = fail.into_iter().chain([hold_of(3, "version"), decision]);
    let old = without.gates["version"].clone();
    let mut new = old.clone();
    new.digest = Some("e".repeat(64));
    let taken = Event::DeclarationTaken {
        gate: "version".to_owned(),
        old: Some(Box::new(old)),
        new: Box::new(new),
        reason: "it asked elsewhere".to_owned(),
    };
    for (what, state) in [
        ("gone on with", after(without.clone(), verified().chain(gone_on))),
        (
            "an earlier declaration",
            after(without.clone(), verified().chain([taken])),
        ),
    ] {
        let told = summary(&state).sentence;
        assert!(!told.claims.contains(&Claim::LiveStepVerified), "{what}: {}", told.text);
        assert!(told.claims.contains(&Claim::LiveStepDone), "{what}: {}", told.text);
    }
}

#[test]
fn a_stage_is_without_a_pass_while_one_of_its_gates_is() {
    let status = |started: &Started, events: Vec<Event>| summary(&after(started.clone(), events)).stages[3].status;
    let one = with_version_gate();
    let by = TickedBy::Gate { run: Uuid::nil() };
    let tick = Event::StepTicked {
        step: "3".to_owned(),
        by,
    };
    let mut events: Vec<Event> = (0..3).map(ticked).collect();
    events.extend(run(3, "version", Outcome::Pass));
    events.push(tick);
    assert_eq!(status(&one, events.clone()), StageStatus::Done);
    let [hold, decision, _] = gone_on(3, "version", "known");
    events.extend(run(3, "version", Outcome::Fail));
    events.extend([hold, decision]);
    assert_eq!(status(&one, events), StageStatus::WithoutPass);

    // A sub-step's decision is its step's.
    let mut parent = one.clone();
    let mut procedure = (*parent.procedure).clone();
    let mut child = step(31, "Promote", "The new version is promoted");
    child.gates = std::mem::take(&mut procedure.steps[3].gates);
    procedure.steps[3].children = vec![child];
    parent.procedure = std::sync::Arc::new(procedure);
    let mut events: Vec<Event> = (0..3).map(ticked).collect();
    events.extend(gone_on(31, "version", "known"));
    let by = TickedBy::Children;
    events.push(Event::StepTicked {
        step: "3".to_owned(),
        by,
    });
    assert_eq!(status(&parent, events), StageStatus::WithoutPass);
}

//! What is told of sessions that ended: by whom and how, what was left out, and what became of them afterwards.

use holdpoint_domain::gate::Outcome;
use holdpoint_domain::runbook::{Order, Procedure, ProcedureKind};
use holdpoint_domain::session::{Event, SessionOutcome, Started, State};
use holdpoint_domain::summary::{Claim, Quote, StageStatus, Summary, Tone, Undoing};
use uuid::Uuid;

use super::place::*;
use SessionOutcome::{Abandoned, Completed};

fn back() -> Procedure {
    let steps = [("Put it back", "Old version is back"), ("Look", "Looked at")];
    procedure(ProcedureKind::Rollback, Order::Sequential, &steps)
}

/// A rollback that began to undo a session which was closed, after these events.
fn rollback(events: impl IntoIterator<Item = Event>) -> State {
    let undoes = Some(Uuid::nil());
    after(
        Started {
            undoes,
            ..with_gates_of(back())
        },
        events,
    )
}

fn with_gates_of(procedure: Procedure) -> Started {
    Started {
        procedure: procedure.into(),
        ..with_version_gate()
    }
}

/// A release that was closed so. Its log knows of no rollback.
fn release_closed_as(outcome: SessionOutcome) -> State {
    let seen = run(3, "version", Outcome::Pass);
    let events = (0..3)
        .map(ticked)
        .chain(seen)
        .chain([ticked(3), ticked(4), closed(outcome)]);
    after(with_version_gate(), events)
}

fn told(state: &State, undoing: Undoing<'_>) -> Summary {
    Summary::of(state, undoing).expect("it began")
}

#[test]
fn a_closed_release_follows_a_rollback_that_was_started_afterwards() {
    let had_seen = "Before the rollback, a check had seen the new version live.";
    let open = rollback([ticked(0)]);
    let held = rollback([ticked(0), hold_of(1, "smoke")]);
    let whole = rollback([ticked(0), ticked(1), closed(Completed)]);
    let given_up = rollback([closed(Abandoned)]);
    let table = [
        (
            Undoing::Started,
            "ROLLBACK STARTED",
            "A rollback was started; how far it is, is not known here yet.",
        ),
        (
            Undoing::Known(&open),
            "ROLLING BACK",
            "A rollback was started: 1 of its 2 steps are done.",
        ),
        (
            Undoing::Known(&held),
            "ROLLBACK ON HOLD",
            "A rollback was started and is on hold: the check “The check smoke” has not passed. 1 of its 2 steps are done.",
        ),
        (
            Undoing::Known(&whole),
            "ROLLED BACK",
            "The rollback is finished: it was closed with every step done.",
        ),
        (
            Undoing::Known(&given_up),
            "ROLLBACK GIVEN UP",
            "The rollback was given up with 0 of 2 steps done. Ask Ana what is live.",
        ),
    ];
    for (outcome, ended) in [(Completed, "Every step is done."), (Abandoned, "It was given up.")] {
        let state = release_closed_as(outcome);
        for (undoing, headline, sentence) in table {
            let told = told(&state, undoing);
            assert_eq!(
                (told.headline.words(), told.sentence.text.as_str()),
                (headline, format!("{ended} {had_seen} {sentence}").as_str())
            );
            assert!(!told.sentence.claims.contains(&Claim::NewVersionSeen));
            assert_ne!(told.headline.tone(), Tone::Good);
        }
        let alone = told(&state, Undoing::AsLogged);
        assert!(alone.sentence.claims.contains(&Claim::NewVersionSeen));
    }
}

#[test]
fn a_closed_emergency_tells_of_its_rollback() {
    let emergency = procedure(ProcedureKind::Emergency, Order::Sequential, &STEPS);
    let state = after(with_gates_of(emergency), (0..5).map(ticked).chain([closed(Completed)]));
    let open = told(&state, Undoing::Known(&rollback([])));
    assert_eq!(open.headline.words(), "ROLLING BACK");
    assert_eq!(
        open.sentence.text,
        "Every step is done. A rollback was started: 0 of its 2 steps are done."
    );
    assert_eq!(open.waiting_for.as_deref(), Some("The rollback to finish"));
    let whole = rollback([ticked(0), ticked(1), closed(Completed)]);
    let over = told(&state, Undoing::Known(&whole));
    assert_eq!(over.headline.words(), "FINISHED");
    assert_eq!(
        over.sentence.text,
        "Every step is done. The rollback is finished: it was closed with every step done."
    );
    assert_eq!(over.stages[0].status, StageStatus::Done);
}

#[test]
fn a_rollback_with_a_step_left_out_is_not_told_as_one_with_every_step_done() {
    let left_out = rollback([ticked(0), skipped(1), closed(Completed)]);
    let release = told(&release_closed_as(Completed), Undoing::Known(&left_out));
    let sentence =
        "The rollback is finished: every step of it is done or was left out. 1 step was left out: “Looked at”.";
    assert_eq!(
        (release.headline.words(), release.headline.tone()),
        ("ROLLBACK FINISHED, STEPS LEFT OUT", Tone::Working)
    );
    assert!(release.sentence.text.ends_with(sentence), "{}", release.sentence.text);
    assert_eq!(release.stages[0].status, StageStatus::DoneBefore);

    let linked = Event::RollbackStarted {
        session: Uuid::nil(),
        procedure: "back".to_owned(),
    };
    let emergency = procedure(ProcedureKind::Emergency, Order::Sequential, &STEPS);
    let beside = after(with_gates_of(emergency), [ticked(0), linked]);
    let beside = told(&beside, Undoing::Known(&left_out));
    assert_eq!(beside.headline.words(), "RESPONDING");
    assert!(beside.sentence.text.ends_with(sentence), "{}", beside.sentence.text);

    let own = told(&left_out, Undoing::AsLogged);
    assert_eq!(
        (own.headline.words(), own.headline.tone()),
        ("FINISHED, STEPS LEFT OUT", Tone::Ended)
    );
}

#[test]
fn a_rollback_that_went_on_without_a_pass_says_so() {
    let events = [ticked(0)]
        .into_iter()
        .chain(gone_on(1, "smoke", "known"))
        .chain([closed(Completed)]);
    let rollback = rollback(events);
    let release = told(&release_closed_as(Completed), Undoing::Known(&rollback));
    assert_eq!(
        (release.headline.words(), release.headline.tone()),
        ("ROLLBACK FINISHED WITH CAUTION", Tone::Working)
    );
    assert!(
        release
            .sentence
            .text
            .ends_with("In it Ben decided to go on although the check “The check smoke” did not pass."),
        "{}",
        release.sentence.text
    );
    assert_eq!(release.stages[0].status, StageStatus::DoneBefore);
}

#[test]
fn no_more_than_three_steps_that_were_left_out_are_named() {
    let events = [ticked(0)]
        .into_iter()
        .chain((1..5).map(skipped))
        .chain([closed(Completed)]);
    assert_eq!(
        summary(&after(started(release()), events)).sentence.text,
        "Every step is done or was left out. 4 steps were left out: “Database updated”, “Database and code agree”, \
         “New version goes live” and 1 more."
    );
}

#[test]
fn a_release_that_went_on_without_a_pass_is_finished_with_caution_and_says_who_said_what() {
    let events = (0..4)
        .map(ticked)
        .chain(gone_on(4, "smoke", "The test queue is paused."))
        .chain([closed_saying(Completed, " All well. ")]);
    let told = summary(&after(with_version_gate(), events));
    assert_eq!(
        (told.headline.words(), told.headline.tone()),
        ("FINISHED WITH CAUTION", Tone::Working)
    );
    let quote = |by: &str, about: &str, text: &str| Quote {
        by: by.to_owned(),
        about: about.to_owned(),
        text: text.to_owned(),
    };
    assert_eq!(
        told.quotes,
        [
            quote(
                "Ben",
                "on going on without a pass of “The check smoke”",
                "The test queue is paused."
            ),
            quote("Ana", "on closing it", "All well."),
        ]
    );
    assert_eq!(told.deciders, ["Ana", "Ben"]);
    assert_eq!(summary(&release_closed_as(Completed)).quotes, []);
}

#[test]
fn stages_say_what_became_of_them() {
    let statuses = |summary: &Summary| summary.stages.iter().map(|stage| stage.status).collect::<Vec<_>>();
    let events = [ticked(0), ticked(1), closed(Abandoned)];
    let state = after(started(release()), events);
    let alone = statuses(&summary(&state));
    assert_eq!(alone[..2], [StageStatus::Done; 2]);
    assert_eq!(alone[2..], [StageStatus::NotDone; 3]);
    let whole = rollback([ticked(0), ticked(1), closed(Completed)]);
    let undone = told(&state, Undoing::Known(&whole));
    assert_eq!(statuses(&undone)[..2], [StageStatus::Undone; 2]);
    assert_eq!(statuses(&undone)[2..], [StageStatus::NotDone; 3]);
    assert_eq!(undone.progress(), (0, 5));
    for other in [rollback([ticked(0)]), rollback([closed(Abandoned)])] {
        let told = told(&state, Undoing::Known(&other));
        assert_eq!(statuses(&told)[..2], [StageStatus::DoneBefore; 2]);
        assert_eq!(told.progress(), (2, 5));
    }
}

#[test]
fn titles_and_places_are_told_without_a_version_as_well() {
    let pipeline = procedure(ProcedureKind::Pipeline, Order::Sequential, &STEPS);
    assert_eq!(summary(&state(pipeline, 0, false)).title, "Golden release · Production");
    let nameless = Started {
        version: String::new(),
        ..started(release())
    };
    assert_eq!(summary(&after(nameless, [])).title, "Golden release · Production");
    assert_eq!(
        summary(&state(release(), 0, false)).title,
        "Release v1.4.2 to Production"
    );
}

#[test]
fn production_is_marked_only_where_the_session_is_real() {
    for (production, rehearsal, marked) in [(true, false, true), (true, true, false), (false, false, false)] {
        let one = Started {
            production,
            rehearsal,
            ..started(release())
        };
        let summary = summary(&after(one, []));
        assert_eq!((summary.production, summary.rehearsal), (marked, rehearsal));
        assert_eq!(summary.environment, "Production");
    }
}

#[test]
fn a_checklist_in_any_order_waits_for_no_next_step() {
    let checklist = procedure(ProcedureKind::Checklist, Order::Any, &STEPS);
    let waits = |done| summary(&state(checklist.clone(), done, false)).waiting_for;
    assert_eq!(waits(1).as_deref(), Some("4 steps, in any order"));
    assert_eq!(waits(4).as_deref(), Some("1 step"));
    assert_eq!(waits(5).as_deref(), Some("Ana to close the session"));
}

#[test]
fn a_hold_of_the_rollback_is_told_beside_an_emergency_that_goes_on() {
    let linked = Event::RollbackStarted {
        session: Uuid::from_u128(7),
        procedure: "back".to_owned(),
    };
    let emergency = procedure(ProcedureKind::Emergency, Order::Sequential, &STEPS);
    let state = after(with_gates_of(emergency), [ticked(0), linked]);
    let held = rollback([hold_of(0, "smoke")]);
    let told = told(&state, Undoing::Known(&held));
    assert_eq!(told.headline.words(), "RESPONDING");
    assert_eq!(
        told.sentence.text,
        "There is a problem, and the team responds: 1 of 5 steps are done. A rollback was started and is on hold: the check \
         “The check smoke” has not passed. 0 of its 2 steps are done."
    );
}

#[test]
fn a_release_waits_for_the_check_that_holds_its_rollback() {
    let linked = Event::RollbackStarted {
        session: Uuid::from_u128(7),
        procedure: "back".to_owned(),
    };
    let state = after(with_version_gate(), [ticked(0), linked]);
    let held = rollback([hold_of(0, "smoke")]);
    assert_eq!(
        told(&state, Undoing::Known(&held)).waiting_for.as_deref(),
        Some("The rollback, in which the check “The check smoke” has not passed")
    );
}

/// The session of `place` lasts five minutes.
#[test]
fn a_window_that_was_not_watched_to_its_end_is_told_so() {
    let window = |kind: ProcedureKind, seconds: Option<u64>, outcome: SessionOutcome| {
        let mut one = procedure(kind, Order::Any, &[("Look at the log", "The log is quiet")]);
        one.timebox_seconds = seconds;
        told(
            &after(with_gates_of(one), [ticked(0), closed(outcome)]),
            Undoing::AsLogged,
        )
        .sentence
    };
    let early = window(ProcedureKind::Monitoring, Some(900), Completed);
    assert_eq!(
        early.text,
        "Every step is done. It was closed after 5 minutes, and the runbook has 15 minutes watched."
    );
    assert_eq!(early.claims, [Claim::EveryStepDone, Claim::ClosedEarly]);
    let day = window(ProcedureKind::Monitoring, Some(86_400), Completed);
    assert!(day.text.ends_with("the runbook has 24 h watched."), "{}", day.text);
    // One that was watched to its end, one without an end, and what is only expected to take so long.
    for (kind, seconds) in [
        (ProcedureKind::Monitoring, Some(300)),
        (ProcedureKind::Monitoring, None),
        (ProcedureKind::Checklist, Some(900)),
    ] {
        assert_eq!(window(kind, seconds, Completed).text, "Every step is done.");
    }
    assert!(
        !window(ProcedureKind::Monitoring, Some(900), Abandoned)
            .text
            .contains("watched")
    );
}

#[test]
fn what_the_sentences_ask_is_what_there_is_to_do() {
    let given_up = after(with_version_gate(), (0..4).map(ticked).chain([closed(Abandoned)]));
    let back = rollback([closed(Abandoned)]);
    for (state, undoing) in [
        (given_up, Undoing::AsLogged),
        (release_closed_as(Completed), Undoing::Known(&back)),
    ] {
        let told = told(&state, undoing).sentence;
        assert_eq!(told.ask.as_deref(), Some("Ask Ana what is live"));
        assert!(told.text.ends_with("Ask Ana what is live."), "{}", told.text);
    }
    assert_eq!(
        told(&release_closed_as(Completed), Undoing::AsLogged).sentence.ask,
        None
    );
}

#[test]
fn what_was_gone_on_with_is_not_told_as_done_once_the_rollback_is_finished() {
    let events = (0..3).map(ticked).chain(gone_on(3, "smoke", "It is known."));
    let state = after(with_version_gate(), events.chain([ticked(4), closed(Completed)]));
    let back = rollback([ticked(0), ticked(1), closed(Completed)]);
    let told = told(&state, Undoing::Known(&back));
    let statuses: Vec<StageStatus> = told.stages.iter().map(|stage| stage.status).collect();
    assert_eq!(statuses[2..4], [StageStatus::Undone, StageStatus::WithoutPass]);
    assert_eq!(told.progress(), (0, 5));
    // That the rollback undid the very step is no event.
    assert_eq!(StageStatus::Undone.words(), "Done before the rollback");
}

//! What whoever reads the watch page could take for something else than it is.

use chrono::TimeDelta;
use holdpoint_domain::gate::Outcome;
use holdpoint_domain::runbook::{Order, Procedure, ProcedureKind, Undo};
use holdpoint_domain::session::{
    Actor, Annotation, Event, SessionOutcome, SeverityLevel, Started, State, StepStatus, TickedBy,
};
use holdpoint_domain::summary::{Claim, StageStatus, Summary, Tone, Undoing};
use uuid::Uuid;

use super::place::*;
use SessionOutcome::{Abandoned, Completed};

fn told(state: &State, undoing: Undoing<'_>) -> Summary {
    Summary::of(state, undoing).expect("it began")
}

fn linked() -> Event {
    Event::RollbackStarted {
        session: Uuid::from_u128(7),
        procedure: "back".to_owned(),
    }
}

/// A rollback that Zoe leads.
fn rollback(events: impl IntoIterator<Item = Event>) -> State {
    let steps = [("Put it back", "Old version is back"), ("Look", "Looked at")];
    let one = Started {
        captain: "Zoe".to_owned(),
        undoes: Some(Uuid::nil()),
        ..started(procedure(ProcedureKind::Rollback, Order::Sequential, &steps))
    };
    after(one, events)
}

fn emergency() -> Procedure {
    procedure(ProcedureKind::Emergency, Order::Sequential, &STEPS)
}

fn by_gate(step: usize) -> Event {
    Event::StepTicked {
        step: step.to_string(),
        by: TickedBy::Gate { run: Uuid::nil() },
    }
}

/// A release in which a check saw the new version.
fn seen() -> impl Iterator<Item = Event> {
    let pass = run(3, "version", Outcome::Pass);
    (0..3).map(ticked).chain(pass).chain([by_gate(3), ticked(4)])
}

#[test]
fn a_step_that_was_left_out_is_not_counted_as_done() {
    let all = after(started(release()), (0..5).map(skipped).chain([closed(Completed)]));
    assert_eq!(summary(&all).done_words(), "0 of 5, 5 left out");
    let events = [ticked(0), skipped(1)].into_iter().chain(gone_on(2, "smoke", "known"));
    let mixed = after(with_version_gate(), events);
    assert_eq!(summary(&mixed).done_words(), "2 of 5, 1 left out, 1 without a pass");
    assert_eq!((mixed.ticked_on_top(), mixed.progress()), (2, (3, 5)));
}

#[test]
fn a_step_that_fails_now_is_counted_alike_in_the_sentence_and_beside_it() {
    let events = [ticked(0), skipped(1), ticked(2), held(0)];
    let summary = summary(&after(started(unmarked()), events));
    assert_eq!(summary.done_words(), "1 of 5, 1 left out");
    assert!(
        summary
            .sentence
            .text
            .ends_with("1 of 5 steps are done, and 1 was left out."),
        "{}",
        summary.sentence.text
    );
}

#[test]
fn what_nobody_proved_is_not_finished_in_green() {
    let by_hand = || (0..5).map(ticked);
    let verified = || (0..3).map(ticked).chain([by_gate(3), ticked(4)]);
    let other = || {
        let failed = run(3, "version", Outcome::Fail);
        (0..5).map(ticked).chain(run(3, "version", Outcome::Pass)).chain(failed)
    };
    let unverified = "FINISHED, NEW VERSION NOT VERIFIED";
    let table: [(_, State, _, _); 5] = [
        (
            "by hand",
            after(with_version_gate(), by_hand().chain([closed(Completed)])),
            unverified,
            "“New version goes live” was ticked by hand; when it ended, no check had seen the new version.",
        ),
        (
            "by its gates",
            after(started(release()), verified().chain([closed(Completed)])),
            "FINISHED",
            "“New version goes live” is done, and its checks passed.",
        ),
        (
            "seen once",
            after(with_version_gate(), other().chain([closed(Completed)])),
            unverified,
            "“New version goes live” is done, and whether the new version was live and well when it ended is not known.",
        ),
        (
            "seen",
            after(with_version_gate(), seen().chain([closed(Completed)])),
            "FINISHED",
            "A check saw the new version live.",
        ),
        (
            "the steps do not say",
            after(started(unmarked()), by_hand().chain([closed(Completed)])),
            "FINISHED",
            "",
        ),
    ];
    for (what, state, headline, sentence) in table {
        let told = summary(&state);
        let text = format!("Every step is done. {sentence}");
        assert_eq!(
            (told.headline.words(), told.sentence.text.as_str()),
            (headline, text.trim_end()),
            "{what}"
        );
        assert_eq!(told.headline.tone() == Tone::Good, headline == "FINISHED", "{what}");
        let list = holdpoint_domain::summary::completed_unverified(&state);
        assert_eq!(list, headline == unverified, "{what}");
    }
}

#[test]
fn what_was_live_at_the_end_is_not_told_as_what_is_live() {
    let open = summary(&after(with_version_gate(), seen()));
    assert_eq!(open.sentence.text, "The new version is live: a check has seen it.");
    for outcome in [Completed, Abandoned] {
        let ended = summary(&after(with_version_gate(), seen().chain([closed(outcome)])));
        assert!(ended.sentence.claims.contains(&Claim::NewVersionSeen), "{ended:?}");
        assert!(!ended.sentence.text.contains("is live"), "{}", ended.sentence.text);
    }
}

#[test]
fn a_rollback_that_is_undone_itself_is_not_told_as_done() {
    let release = after(with_version_gate(), seen().chain([closed(Completed)]));
    let done = rollback([ticked(0), ticked(1), closed(Completed)]);
    let open = rollback([ticked(0), linked()]);
    let closed_since = rollback([ticked(0), linked(), closed(SessionOutcome::RolledBack)]);
    for undoing in [
        Undoing::Undone(&done),
        Undoing::Known(&open),
        Undoing::Known(&closed_since),
    ] {
        let told = told(&release, undoing);
        assert_eq!(
            (told.headline.words(), told.headline.tone()),
            ("ROLLBACK OF THE ROLLBACK STARTED", Tone::Hold)
        );
        assert!(
            told.sentence
                .text
                .ends_with("A rollback was started, and then a rollback of that rollback. Ask Zoe what is live."),
            "{}",
            told.sentence.text
        );
        assert_eq!(told.stages[0].status, StageStatus::DoneBefore);
        assert_eq!((told.waiting_for, told.decided), (None, false));
        assert_eq!(
            told.decides,
            "Ana; who leads the rollback of the rollback is told on the rollback’s page"
        );
    }
    let emergency = after(started(emergency()), (0..5).map(ticked).chain([closed(Completed)]));
    assert_eq!(
        self::told(&emergency, Undoing::Undone(&done)).headline.words(),
        "ROLLBACK OF THE ROLLBACK STARTED"
    );
}

#[test]
fn what_undoes_a_release_is_told_as_a_rollback_of_whatever_kind_its_procedure_is() {
    let undoing = || Started {
        undoes: Some(Uuid::nil()),
        ..started(release())
    };
    for (events, words) in [
        (vec![ticked(0)], "ROLLING BACK"),
        (vec![ticked(0), held(1)], "ROLLBACK ON HOLD"),
        (vec![ticked(0), closed(Abandoned)], "ROLLBACK GIVEN UP"),
    ] {
        let told = summary(&after(undoing(), events));
        assert_eq!(told.headline.words(), words);
        assert_eq!(told.title, "Rollback of v1.4.2 on Production");
        assert!(!told.sentence.claims.contains(&Claim::NothingNewLive), "{words}");
        assert!(!told.impact_unknown, "what customers notice stands with the release");
    }
    let by_hand = after(undoing(), (0..5).map(ticked).chain([closed(Completed)]));
    assert!(!holdpoint_domain::summary::completed_unverified(&by_hand));
}

#[test]
fn steps_in_no_order_need_a_proof_of_the_new_version_too() {
    let any = || Procedure {
        order: Order::Any,
        ..release()
    };
    let end = |live: Event| {
        after(
            started(any()),
            [0, 1, 2, 4].map(ticked).into_iter().chain([live, closed(Completed)]),
        )
    };
    for (live, words) in [
        (ticked(3), "FINISHED, NEW VERSION NOT VERIFIED"),
        (by_gate(3), "FINISHED"),
    ] {
        assert_eq!(summary(&end(live)).headline.words(), words);
    }
}

#[test]
fn a_marked_sub_step_is_proved_by_its_own_gates() {
    let nested = || {
        let mut release = unmarked();
        let mut live = step(9, "Switch", "Switched");
        live.live = true;
        release.steps[3].children = vec![live];
        release
    };
    let by_parts = Event::StepTicked {
        step: "3".to_owned(),
        by: TickedBy::Children,
    };
    for (part, words) in [
        (by_gate(9), "FINISHED"),
        (ticked(9), "FINISHED, NEW VERSION NOT VERIFIED"),
    ] {
        let before = (0..3).map(ticked);
        let events = before.chain([part, by_parts.clone(), ticked(4), closed(Completed)]);
        assert_eq!(summary(&after(started(nested()), events)).headline.words(), words);
    }
}

#[test]
fn whoever_leads_the_rollback_decides_while_it_goes_on() {
    let release = || (0..4).map(ticked);
    let open = after(started(self::release()), release().chain([linked()]));
    let closed_before = after(started(self::release()), release().chain([closed(Abandoned)]));
    let responding = after(started(emergency()), [ticked(0), linked()]);
    let runs = rollback([ticked(0)]);
    let given_up = rollback([closed(Abandoned)]);
    for (state, undoing, decides, decided) in [
        (&open, Undoing::Known(&runs), "Zoe, who leads the rollback", false),
        (&open, Undoing::AsLogged, "Whoever leads the rollback", false),
        (&open, Undoing::Known(&given_up), "Ana; Zoe led the rollback", false),
        (
            &closed_before,
            Undoing::Known(&runs),
            "Zoe, who leads the rollback",
            false,
        ),
        (
            &closed_before,
            Undoing::Known(&given_up),
            "Ana; Zoe led the rollback",
            true,
        ),
        (&closed_before, Undoing::AsLogged, "Ana", true),
        (&responding, Undoing::Known(&runs), "Ana; Zoe leads the rollback", false),
        (&responding, Undoing::AsLogged, "Ana", false),
    ] {
        let told = told(state, undoing);
        assert_eq!((told.decides.as_str(), told.decided), (decides, decided), "{undoing:?}");
    }
}

#[test]
fn who_is_to_be_asked_is_told_beside_the_sentence_too() {
    let release = |events: Vec<Event>| after(started(release()), events);
    let asked = |state: &State, undoing: Undoing<'_>| told(state, undoing).sentence.ask;
    let closed_after_live = release((0..4).map(ticked).chain([closed(Abandoned)]).collect());
    assert_eq!(
        asked(&closed_after_live, Undoing::AsLogged).as_deref(),
        Some("Ask Ana what is live")
    );
    let given_up = rollback([closed(Abandoned)]);
    let undone = release(vec![ticked(0), linked()]);
    assert_eq!(
        asked(&undone, Undoing::Known(&given_up)).as_deref(),
        Some("Ask Zoe what is live")
    );
    let checklist = procedure(ProcedureKind::Checklist, Order::Any, &STEPS);
    assert_eq!(
        asked(&after(started(checklist), [closed(Abandoned)]), Undoing::AsLogged).as_deref(),
        Some("Ask Ana how things stand")
    );
    for nothing in [release(vec![ticked(0)]), release(vec![closed(Abandoned)])] {
        assert_eq!(asked(&nothing, Undoing::AsLogged), None);
    }
}

fn annotate(state: &mut State, annotation: Annotation) {
    let actor = Actor::Person { name: "Kim".to_owned() };
    state.apply_event(&Event::Annotated { annotation }, noon(), &actor);
}

#[test]
fn what_customers_notice_is_quoted_and_said_not_to_be_written_otherwise() {
    let mut held = state(release(), 2, true);
    assert!(summary(&held).impact_unknown);
    let going = summary(&state(release(), 2, false));
    assert!(!going.impact_unknown && going.quotes.is_empty());
    annotate(
        &mut held,
        Annotation::Impact {
            text: "Nobody can pay since 11:40.".to_owned(),
        },
    );
    annotate(
        &mut held,
        Annotation::Severity {
            level: Some(SeverityLevel::Sev1),
            reason: "No payments".to_owned(),
        },
    );
    let told = summary(&held);
    assert!(!told.impact_unknown);
    let quotes: Vec<_> = told
        .quotes
        .iter()
        .map(|one| (&*one.by, &*one.about, &*one.text))
        .collect();
    assert_eq!(
        quotes,
        [
            ("Kim", "on what customers notice", "Nobody can pay since 11:40."),
            ("Kim", "on how severe it is", "SEV-1: No payments"),
        ]
    );

    let undone = after(started(release()), [ticked(0), linked()]);
    let mut back = rollback([]);
    assert!(self::told(&undone, Undoing::Known(&back)).impact_unknown);
    annotate(
        &mut back,
        Annotation::Impact {
            text: "Slow pages.".to_owned(),
        },
    );
    let told = self::told(&undone, Undoing::Known(&back));
    assert!(!told.impact_unknown);
    assert_eq!(told.quotes[0].about, "on what customers notice, in the rollback");
}

#[test]
fn what_has_nothing_to_undo_is_not_told_as_undone() {
    let mut one = with_version_gate();
    let mut procedure = (*one.procedure).clone();
    procedure.steps[0].undo = Some(Undo::Nothing);
    procedure.steps[1].undo = Some(Undo::How("Put it back".to_owned()));
    let mut child = step(21, "Ask", "Asked");
    child.undo = Some(Undo::Nothing);
    procedure.steps[2].children = vec![child];
    one.procedure = procedure.into();
    let release = after(one, seen().chain([closed(Completed)]));
    let done = rollback([ticked(0), ticked(1), closed(Completed)]);
    let told = told(&release, Undoing::Known(&done));
    let stages: Vec<_> = told.stages.iter().map(|stage| stage.status).collect();
    use StageStatus::{DoneBefore, Undone};
    // The last one only asks.
    assert_eq!(stages, [DoneBefore, Undone, DoneBefore, Undone, DoneBefore]);
    assert_eq!(told.done_words(), "0 of 5, 5 done before the rollback");
    assert!(
        told.sentence.text.starts_with("Every step was done."),
        "{}",
        told.sentence.text
    );
}

#[test]
fn a_rollback_with_every_step_done_waits_for_whoever_closes_it() {
    let undone = after(started(release()), [ticked(0), linked()]);
    let over = rollback([ticked(0), ticked(1)]);
    let waits = |state: &State, rollback: &State| told(state, Undoing::Known(rollback)).waiting_for;
    assert_eq!(waits(&undone, &over).as_deref(), Some("Zoe to close the rollback"));
    let last = rollback([ticked(0)]);
    assert_eq!(waits(&undone, &last).as_deref(), Some("The rollback to finish"));
    let mut steps: Vec<Event> = (0..5).map(ticked).collect();
    steps.push(linked());
    let responding = after(started(emergency()), steps);
    assert_eq!(waits(&responding, &last).as_deref(), Some("The rollback to finish"));
    let closed = rollback([ticked(0), ticked(1), closed(Completed)]);
    assert_eq!(waits(&responding, &closed).as_deref(), Some("Ana to close the session"));
}

#[test]
fn a_check_that_is_asked_again_is_told_so() {
    let [again, _] = run(3, "version", Outcome::Inconclusive);
    let failed = || {
        (0..3)
            .map(ticked)
            .chain(run(3, "version", Outcome::Fail))
            .chain([hold_of(3, "version")])
    };
    let waits = |state: &State| summary(state).waiting_for;
    assert_eq!(
        waits(&after(with_version_gate(), failed())).as_deref(),
        Some("The check “The check version”, which failed")
    );
    assert_eq!(
        waits(&after(with_version_gate(), failed().chain([again.clone()]))).as_deref(),
        Some("The check “The check version”, which failed and is being asked again")
    );
    let mut back = with_version_gate();
    back.procedure = Procedure {
        kind: ProcedureKind::Rollback,
        ..(*back.procedure).clone()
    }
    .into();
    let back = after(back, failed().chain([again]));
    let undone = after(started(release()), [ticked(0), linked()]);
    assert_eq!(
        told(&undone, Undoing::Known(&back)).waiting_for.as_deref(),
        Some("The rollback, in which the check “The check version” has not passed and is being asked again")
    );
}

#[test]
fn a_json_string_is_quoted_once() {
    let [begun, mut answered] = run(3, "version", Outcome::Fail);
    let Event::GateFinished { verdict, .. } = &mut answered else {
        panic!("the second one answers");
    };
    verdict.checks[0].expected = "\"v1.4.2\"".to_owned();
    verdict.checks[0].observed = "\"v1.4.1\"".to_owned();
    verdict.finished = noon() + TimeDelta::seconds(1);
    let state = after(
        with_version_gate(),
        (0..3).map(ticked).chain([begun, answered, hold_of(3, "version")]),
    );
    let text = summary(&state).sentence.text;
    assert!(text.ends_with("it expected “v1.4.2” and saw “v1.4.1”."), "{text}");
    assert_eq!(state.row("3").map(|row| row.status), Some(StepStatus::Failed));
}

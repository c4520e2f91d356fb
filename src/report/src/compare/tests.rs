//! What differs between two logs that are written out here, event by event.

use holdpoint_domain::gate::Outcome;
use holdpoint_domain::runbook::OnFail;
use holdpoint_domain::session::{Event, Record, SessionOutcome, Started, TickedBy};
use holdpoint_domain::wire::{Comparison, DeviationKind, Matched};
use uuid::Uuid;

use super::deviations::LENGTHS;
use super::matching::out_of_order;
use super::*;
use crate::tests::log::{begun, closed, ran, started, ticked, timed};

fn facts(records: &[Record]) -> SessionFacts {
    let mut fold = FactsFold::default();
    records.iter().for_each(|record| fold.add(record));
    fold.finish().expect("it begins with a start")
}

fn verified(run: u128) -> Event {
    let by = TickedBy::Gate {
        run: Uuid::from_u128(run),
    };
    let step = "release/verify".to_owned();
    Event::StepTicked { step, by }
}

/// A release that was frozen after so many seconds, whose gate came to these outcomes, and which was completed.
fn release(change: fn(&mut Started), frozen: i64, outcomes: &[Outcome]) -> SessionFacts {
    let mut one = started();
    change(&mut one);
    let mut events = vec![(0, begun(one)), (frozen, ticked("freeze"))];
    for (run, outcome) in (1..).zip(outcomes) {
        events.extend(
            ran(run, *outcome)
                .into_iter()
                .map(|event| (frozen + 30 * run as i64, event)),
        );
    }
    let last = outcomes.len() as u128;
    let end = frozen + 30 * last as i64;
    events.extend([(end, verified(last)), (end, closed(SessionOutcome::Completed, ""))]);
    facts(&timed(7, events))
}

/// The label and the words of each deviation, in the order in which they come.
fn told(comparison: &Comparison) -> Vec<(String, String)> {
    let steps = comparison.steps.iter();
    let all = steps.flat_map(|step| {
        step.deviations
            .iter()
            .map(|one| (step.label.clone(), one.words.clone()))
    });
    all.collect()
}

fn line(label: &str, words: &str) -> (String, String) {
    (label.to_owned(), words.to_owned())
}

#[test]
fn two_sessions_that_went_alike_do_not_differ() {
    let one = release(|_| {}, 60, &[Outcome::Pass]);
    let other = release(|_| {}, 90, &[Outcome::Pass]);
    let comparison = compare_with_session(&one, &other);
    assert_eq!(told(&comparison), []);
    assert_eq!(
        (comparison.comparable, comparison.remarks),
        (true, vec![LENGTHS.to_owned()])
    );
    assert_eq!(
        (comparison.this.seconds, comparison.other.seconds),
        (Some(90), Some(120))
    );
}

#[test]
fn holds_that_overlap_are_counted_once() {
    let hold = |gate: &str, run: u128| Event::HoldPlaced {
        step: "release/verify".to_owned(),
        gate: gate.to_owned(),
        run: Uuid::from_u128(run),
        reason: "It failed.".to_owned(),
        advice: OnFail::Stop,
    };
    let mut events = vec![(0, begun(started())), (0, ticked("freeze"))];
    events.extend(ran(1, Outcome::Fail).into_iter().map(|event| (10, event)));
    events.extend([(20, hold("health", 2)), (40, closed(SessionOutcome::Abandoned, ""))]);
    let one = facts(&timed(7, events));
    let step = one
        .steps
        .iter()
        .find(|step| step.label.contains("VERIFY"))
        .expect("a step");
    assert_eq!((step.facts.holds, step.facts.seconds_on_hold), (2, 30));
    assert_eq!((one.side.holds, one.side.seconds_on_hold), (2, 30));
}

#[test]
fn what_differs_is_told_and_stands_first() {
    let one = release(|_| {}, 60, &[Outcome::Fail, Outcome::Pass]);
    let other = release(|_| {}, 600, &[Outcome::Pass]);
    let comparison = compare_with_session(&one, &other);
    assert_eq!(
        told(&comparison),
        [
            line("VERIFY", "1 hold here (30 s), not there"),
            line("VERIFY", "The contract gate: 2 runs here, 1 there"),
            line("FREEZE", "Took 1 min here, 10 min there"),
        ]
    );
    // The same seen from the other side.
    let turned = compare_with_session(&other, &one);
    assert_eq!(
        told(&turned),
        [
            line("VERIFY", "Not here, 1 hold there (30 s)"),
            line("VERIFY", "The contract gate: 1 run here, 2 there"),
            line("FREEZE", "Took 10 min here, 1 min there"),
        ]
    );
}

#[test]
fn what_was_left_out_not_done_or_gone_on_with_is_told() {
    let done = release(|_| {}, 60, &[Outcome::Pass]);
    let skipped = Event::StepSkipped {
        step: "release/freeze".to_owned(),
        reason: "nothing runs".to_owned(),
    };
    let caution = Event::ProceededWithCaution {
        step: "release/verify".to_owned(),
        gate: "contract".to_owned(),
        run: Uuid::from_u128(1),
        reason: "known".to_owned(),
    };
    let mut events = vec![(0, begun(started())), (60, skipped)];
    events.extend(ran(1, Outcome::Fail).into_iter().map(|event| (90, event)));
    let open = facts(&timed(8, events.clone()));
    let by = TickedBy::Caution {
        run: Uuid::from_u128(1),
    };
    let step = "release/verify".to_owned();
    events.extend([(95, caution), (95, Event::StepTicked { step, by })]);
    let gone_on = facts(&timed(8, events));
    let comparison = compare_with_session(&open, &done);
    assert_eq!(
        told(&comparison),
        [
            line("VERIFY", "The contract gate: at last it failed here, it passed there"),
            line("VERIFY", "1 hold here (0 s), not there"),
            line("VERIFY", "Not done here yet, done there"),
            line("FREEZE", "Left out here, done there"),
        ]
    );
    assert_eq!(
        comparison.remarks,
        [LENGTHS, "This session is not closed: what is not done may be done yet."]
    );
    let comparison = compare_with_session(&gone_on, &done);
    assert_eq!(
        told(&comparison)[0],
        line("VERIFY", "Gone on with without a pass here, not there")
    );
    assert_eq!(comparison.steps[0].deviations[0].kind, DeviationKind::WithoutPass);
    assert_eq!((comparison.this.without_pass, comparison.this.left_out), (1, 1));
}

#[test]
fn a_real_session_beside_a_rehearsal_says_so() {
    let real = release(|_| {}, 60, &[Outcome::Pass]);
    let rehearsal = release(|one| one.rehearsal = true, 60, &[Outcome::Pass]);
    let remarks = |one: &SessionFacts, other: &SessionFacts| compare_with_session(one, other).remarks.join("\n");
    assert!(remarks(&real, &rehearsal).starts_with("A real session is compared with a rehearsal"));
    assert!(remarks(&rehearsal, &real).starts_with("A rehearsal is compared with a real session"));
    assert!(remarks(&rehearsal, &rehearsal.clone()).starts_with("Both are rehearsals"));
    let elsewhere = release(
        |one| {
            (one.environment, one.environment_title) = ("dev".to_owned(), "Development".to_owned());
            one.digest = "0".repeat(64);
        },
        60,
        &[Outcome::Pass],
    );
    assert_eq!(
        compare_with_session(&real, &elsewhere).remarks,
        [
            "The runbook was changed between the two.",
            &format!(
                "They ran in two environments: {} and Development.",
                real.started.environment_title
            ),
            LENGTHS
        ]
    );
}

#[test]
fn steps_are_found_by_id_then_by_title_and_what_only_one_has_is_said() {
    let one = release(|_| {}, 60, &[Outcome::Pass]);
    let other = release(
        |one| {
            let steps = &mut std::sync::Arc::make_mut(&mut one.procedure).steps;
            steps[1].id = "release/verify-it".to_owned();
            let mut more = steps[0].clone();
            (more.id, more.title) = ("release/announce".to_owned(), "ANNOUNCE".to_owned());
            steps.push(more);
        },
        60,
        &[],
    );
    let comparison = compare_with_session(&one, &other);
    let matched: Vec<(&str, Matched)> = comparison
        .steps
        .iter()
        .map(|step| (step.label.as_str(), step.matched))
        .collect();
    assert_eq!(
        matched,
        [
            ("VERIFY", Matched::ByTitle),
            ("ANNOUNCE", Matched::OnlyOther),
            ("FREEZE", Matched::ById)
        ]
    );
    let nothing = release(
        |one| {
            let steps = &mut std::sync::Arc::make_mut(&mut one.procedure).steps;
            for step in steps {
                (step.id, step.title) = (format!("x/{}", step.id), format!("X {}", step.title));
            }
        },
        60,
        &[],
    );
    let comparison = compare_with_session(&one, &nothing);
    assert!(!comparison.comparable);
    assert_eq!(
        comparison.remarks[0],
        "No step of the one is in the other, so there is nothing to compare."
    );
}

#[test]
fn beside_the_runbook_only_what_took_longer_differs() {
    let timed = |one: &mut Started| {
        let steps = &mut std::sync::Arc::make_mut(&mut one.procedure).steps;
        (steps[0].timebox_seconds, steps[1].timebox_seconds) = (Some(59), Some(600));
    };
    let comparison = compare_with_runbook(&release(timed, 60, &[Outcome::Pass]));
    assert_eq!(told(&comparison), [line("FREEZE", "Took 1 min, the runbook says 59 s")]);
    assert_eq!(
        comparison.remarks,
        ["The runbook gives a time for 2 of 2 steps. What took longer differs; what was quicker does not."]
    );
    let none = compare_with_runbook(&release(|_| {}, 60, &[Outcome::Pass]));
    assert!(!none.comparable && told(&none).is_empty());
    assert!(
        none.remarks[0].ends_with("so there is nothing to compare."),
        "{:?}",
        none.remarks
    );
}

#[test]
fn only_what_was_moved_is_out_of_order() {
    type Row = (&'static [(u32, u32)], &'static [bool]);
    let table: [Row; 4] = [
        (&[(1, 1), (2, 2), (3, 3)], &[false, false, false]),
        (&[(1, 4), (2, 1), (3, 2), (4, 3)], &[true, false, false, false]),
        (&[(3, 1), (1, 2), (2, 3)], &[true, false, false]),
        (&[], &[]),
    ];
    for (places, out) in table {
        assert_eq!(out_of_order(places), out, "{places:?}");
    }
}

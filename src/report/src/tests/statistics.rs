//! Figures of sessions.

use chrono::TimeDelta;
use holdpoint_domain::history::{FirstHold, GateDigest, ProceededStep, SessionDigest};
use holdpoint_domain::runbook::ProcedureKind;
use holdpoint_domain::wire::{Figure, Statistics};
use proptest::prelude::*;

use super::log::noon;
use super::*;

/// A completed release that took so many minutes.
fn digest(minutes: i64) -> SessionDigest {
    SessionDigest {
        session: Uuid::nil(),
        runbook: "demo".to_owned(),
        kind: ProcedureKind::Release,
        rehearsal: false,
        undoes: None,
        started: noon(),
        closed: noon() + TimeDelta::minutes(minutes),
        outcome: SessionOutcome::Completed,
        held_ms: 0,
        first_hold: None,
        first_trouble: None,
        rollback_started: None,
        gates: Vec::new(),
        proceeded: Vec::new(),
        steps: Vec::new(),
    }
}

fn statistics(digests: impl IntoIterator<Item = SessionDigest>) -> Statistics {
    let mut fold = StatisticsFold::default();
    for digest in digests {
        fold.add(&digest);
    }
    fold.finish()
}

fn figure(sessions: u32, minutes: Option<(u64, u64)>) -> Figure {
    Figure {
        sessions,
        median_seconds: minutes.map(|(median, _)| median * 60),
        p90_seconds: minutes.map(|(_, p90)| p90 * 60),
    }
}

#[test]
fn fewer_than_three_sessions_have_a_number_and_no_percentile() {
    assert_eq!(statistics([]).duration, figure(0, None));
    assert_eq!(statistics([10, 20].map(digest)).duration, figure(2, None));
    assert_eq!(statistics([10, 20, 90].map(digest)).duration, figure(3, Some((20, 90))));
}

#[test]
fn a_duration_is_of_those_that_were_completed() {
    let mut others = [digest(1), digest(1)];
    others[0].outcome = SessionOutcome::Abandoned;
    others[1].outcome = SessionOutcome::RolledBack;
    let mut fold = StatisticsFold::default();
    for digest in [10, 20, 30].map(digest).iter().chain(&others) {
        fold.add(digest);
    }
    fold.add_open();
    fold.add_unreadable();
    let figures = fold.finish();
    assert_eq!(figures.duration, figure(3, Some((20, 30))));
    assert_eq!(
        (
            figures.sessions,
            figures.completed,
            figures.rolled_back,
            figures.abandoned,
            figures.open,
            figures.unreadable
        ),
        (7, 3, 1, 1, 1, 1)
    );
}

#[test]
fn what_was_completed_and_undone_afterwards_is_said() {
    let mut rolled_back = digest(3);
    rolled_back.outcome = SessionOutcome::RolledBack;
    let mut fold = StatisticsFold::default();
    fold.add(&digest(1));
    fold.add_undone(&digest(2));
    fold.add_undone(&rolled_back);
    let figures = fold.finish();
    assert_eq!(
        (figures.completed, figures.completed_undone, figures.rolled_back),
        (2, 1, 1)
    );
}

fn held(minutes: i64, by_pass: bool) -> SessionDigest {
    let (from, to) = (noon(), noon() + TimeDelta::minutes(minutes));
    SessionDigest {
        held_ms: minutes as u64 * 60_000,
        first_hold: Some(FirstHold { from, to, by_pass }),
        first_trouble: Some(from),
        ..digest(60)
    }
}

#[test]
fn recovery_is_a_pass_again_and_an_emergency_s_end() {
    let emergency = |outcome| SessionDigest {
        kind: ProcedureKind::Emergency,
        outcome,
        ..digest(45)
    };
    let figures = statistics([
        held(5, true),
        held(15, true),
        held(500, false),
        emergency(SessionOutcome::Completed),
        emergency(SessionOutcome::Abandoned),
        digest(1),
        SessionDigest {
            kind: ProcedureKind::Checklist,
            ..held(400, true)
        },
    ]);
    assert_eq!(figures.to_recover, figure(3, Some((15, 45))));
    assert_eq!(figures.not_recovered, 2);
    assert_eq!(figures.on_hold, figure(4, Some((15, 500))));
}

#[test]
fn a_rollback_is_counted_from_the_first_trouble_and_by_its_own_length() {
    let undone = |minutes| SessionDigest {
        outcome: SessionOutcome::RolledBack,
        rollback_started: Some(noon() + TimeDelta::minutes(minutes)),
        ..held(minutes, false)
    };
    let rollback = |minutes| SessionDigest {
        kind: ProcedureKind::Rollback,
        undoes: Some(Uuid::nil()),
        ..digest(minutes)
    };
    let without_trouble = SessionDigest {
        first_trouble: None,
        ..undone(999)
    };
    let figures = statistics(
        [2, 4, 6]
            .map(undone)
            .into_iter()
            .chain([7, 8, 9].map(rollback))
            .chain([without_trouble]),
    );
    assert_eq!(figures.to_rollback, figure(3, Some((4, 6))));
    assert_eq!(figures.rollback, figure(3, Some((8, 9))));
}

fn gate(gate: &str, passed: u32, failed: u32, passed_on_repeat: u32) -> GateDigest {
    GateDigest {
        gate: gate.to_owned(),
        title: format!("The {gate} gate"),
        passed,
        failed,
        inconclusive: 0,
        passed_on_repeat,
    }
}

#[test]
fn the_flakiest_gate_is_the_one_that_passes_when_it_is_asked_again() {
    let with = |gates| SessionDigest { gates, ..digest(1) };
    let figures = statistics([
        with(vec![
            gate("broken", 0, 9, 0),
            gate("flaky", 1, 1, 1),
            gate("good", 5, 0, 0),
        ]),
        with(vec![gate("flaky", 1, 1, 1)]),
    ]);
    let told: Vec<_> = figures
        .gates
        .iter()
        .map(|one| {
            (
                one.gate.as_str(),
                one.sessions,
                one.runs,
                one.failed,
                one.passed_on_repeat,
            )
        })
        .collect();
    assert_eq!(told, [("flaky", 2, 4, 2, 2), ("broken", 1, 9, 9, 0)]);
}

#[test]
fn a_step_of_another_runbook_is_another_step() {
    let with = |runbook: &str, times| SessionDigest {
        runbook: runbook.to_owned(),
        proceeded: vec![ProceededStep {
            step: "release/verify".to_owned(),
            label: "2 VERIFY".to_owned(),
            times,
        }],
        ..digest(1)
    };
    let figures = statistics([with("one", 1), with("other", 3), with("one", 1)]);
    let told: Vec<_> = figures
        .proceeded
        .iter()
        .map(|one| (one.runbook.as_str(), one.sessions, one.times))
        .collect();
    assert_eq!(told, [("other", 1, 3), ("one", 2, 2)]);
}

proptest! {
    /// In whatever order sessions come, and whatever stands beside them, a figure is one that was measured, and the order is kept.
    #[test]
    fn a_figure_is_one_that_was_measured(mut minutes in prop::collection::vec(0_i64..10_000, 0..60), turn in 0_usize..60) {
        let figures = statistics(minutes.iter().copied().map(digest)).duration;
        let by = turn % minutes.len().max(1);
        minutes.rotate_left(by);
        prop_assert_eq!(statistics(minutes.iter().copied().map(digest)).duration, figures);
        prop_assert_eq!(figures.sessions as usize, minutes.len());
        prop_assert_eq!(figures.median_seconds.is_some(), minutes.len() >= 3);
        if let (Some(median), Some(p90)) = (figures.median_seconds, figures.p90_seconds) {
            prop_assert!(median <= p90);
            for figure in [median, p90] {
                prop_assert!(minutes.contains(&(figure as i64 / 60)));
            }
            let below = minutes.iter().filter(|one| **one as u64 * 60 <= p90).count();
            prop_assert!(below * 10 >= minutes.len() * 9);
        }
    }
}

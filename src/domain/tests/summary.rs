//! The plain-language summary, sentence by sentence.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use holdpoint_domain::runbook::{OnFail, Order, Procedure, ProcedureKind, Step};
use holdpoint_domain::session::{Actor, Event, SessionOutcome, Started, State, StepStatus, TickedBy};
use holdpoint_domain::summary::{LikelyEnd, StageStatus, Summary};
use holdpoint_domain::wire::Usual;
use uuid::Uuid;

const STEPS: [(&str, &str); 5] = [
    ("PREFLIGHT", "Safety checks passed"),
    ("MIGRATE (apply database migrations)", "Database updated"),
    ("VERIFY", "Database and code agree"),
    ("DEPLOY", "New version goes live"),
    ("SMOKE", "Tried out end to end"),
];

fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000, 0).expect("a time")
}

fn step(id: usize, title: &str, plain: &str) -> Step {
    Step {
        id: id.to_string(),
        number: None,
        title: title.to_owned(),
        plain: Some(plain.to_owned()),
        line: 1,
        parts: Vec::new(),
        gates: Vec::new(),
        on_fail: None,
        optional: false,
        timebox_seconds: None,
        children: Vec::new(),
    }
}

fn procedure(kind: ProcedureKind, order: Order, steps: &[(&str, &str)]) -> Procedure {
    Procedure {
        id: "p".to_owned(),
        title: "Golden release".to_owned(),
        kind,
        order,
        line: 1,
        intro: Vec::new(),
        steps: steps
            .iter()
            .enumerate()
            .map(|(id, (title, plain))| step(id, title, plain))
            .collect(),
        rollback: None,
        timebox_seconds: None,
        errors: Vec::new(),
    }
}

fn started(procedure: Procedure) -> Started {
    Started {
        runbook: "golden-release".to_owned(),
        runbook_title: "Golden release".to_owned(),
        digest: String::new(),
        text: String::new(),
        procedure: Arc::new(procedure),
        rollbacks: Vec::new(),
        environment: "prod".to_owned(),
        environment_title: "Production".to_owned(),
        production: true,
        rehearsal: false,
        version: "v1.4.2".to_owned(),
        git_sha: "a1b2c3d".to_owned(),
        captain: "Ana".to_owned(),
        undoes: None,
        variables: Default::default(),
        gates: Default::default(),
    }
}

fn ticked(step: usize) -> Event {
    Event::StepTicked {
        step: step.to_string(),
        by: TickedBy::Person,
    }
}

fn held(step: usize) -> Event {
    Event::HoldPlaced {
        step: step.to_string(),
        gate: "contract".to_owned(),
        run: Uuid::nil(),
        reason: "It failed.".to_owned(),
        advice: OnFail::Rollback,
    }
}

/// A session that began five minutes before noon, after these events at noon.
fn after(started: Started, events: impl IntoIterator<Item = Event>) -> State {
    let mut state = State::default();
    let began = Event::SessionStarted(Box::new(started));
    state.apply_event(&began, noon() - TimeDelta::minutes(5), &Actor::Proxy);
    for event in events {
        state.apply_event(&event, noon(), &Actor::Proxy);
    }
    state
}

fn state(procedure: Procedure, done: usize, hold: bool) -> State {
    after(
        started(procedure),
        (0..done).map(ticked).chain(hold.then(|| held(done))),
    )
}

fn release() -> Procedure {
    procedure(ProcedureKind::Release, Order::Sequential, &STEPS)
}

fn summary(state: &State) -> Summary {
    Summary::of(state).expect("a session that began")
}

#[test]
fn calls_production_safe_only_while_no_step_has_touched_it() {
    let table = [
        (0, false, "Production is safe: nothing new is live yet."),
        (0, true, "Production is safe: nothing new is live yet."),
        (
            1,
            false,
            "Nothing new is live yet. The database is being prepared for it.",
        ),
        (
            2,
            true,
            "Nothing new is live yet. The database has already been updated for it.",
        ),
        (3, false, "The new version is being put live now."),
        (3, true, "The new version may already be live. The team is checking."),
        (4, false, "The new version is live. The team is checking that it works."),
        (
            4,
            true,
            "The new version is live, and a check has not passed. The team is deciding what to do.",
        ),
    ];
    for (done, hold, expected) in table {
        assert_eq!(
            summary(&state(release(), done, hold)).sentence,
            expected,
            "{done} done, hold: {hold}"
        );
    }
}

#[test]
fn says_that_nobody_knows_where_the_steps_do_not_tell() {
    let unordered = procedure(ProcedureKind::Release, Order::Any, &STEPS);
    let unnamed = procedure(
        ProcedureKind::Release,
        Order::Sequential,
        &[("Push the button", "Button pushed")],
    );
    for procedure in [unordered, unnamed] {
        let held = summary(&state(procedure.clone(), 0, true));
        assert_eq!(
            held.sentence,
            "A check has not passed. The team is checking what it means."
        );
        let going = summary(&state(procedure, 0, false));
        assert_eq!(going.sentence, "The team is working through its steps.");
    }
    let deployment = Event::StepSkipped {
        step: "3".to_owned(),
        reason: "not today".to_owned(),
    };
    let events = (0..3).map(ticked).chain([deployment, ticked(4)]);
    let skipped = after(started(release()), events);
    assert_eq!(summary(&skipped).sentence, "The team is working through its steps.");
    let checklist = procedure(ProcedureKind::Checklist, Order::Any, &STEPS);
    assert_eq!(summary(&state(checklist, 1, false)).sentence, "The team is checking.");
}

#[test]
fn never_speaks_of_production_where_the_environment_is_another() {
    let dev = Started {
        environment_title: "Dev".to_owned(),
        production: false,
        ..started(release())
    };
    let elsewhere = after(dev, (0..4).map(ticked).chain([held(4)]));
    assert_eq!(
        summary(&elsewhere).sentence,
        "Production is not touched: this runs on Dev."
    );
}

#[test]
fn tells_how_it_ended_without_promising_more() {
    let closed = |done, outcome| {
        let closed = Event::SessionClosed {
            outcome,
            summary: String::new(),
        };
        summary(&after(started(release()), (0..done).map(ticked).chain([closed])))
    };
    let finished = closed(5, SessionOutcome::Completed);
    assert_eq!(
        (finished.headline(), finished.sentence.as_str()),
        ("FINISHED", "The new version is live, and every step is done.")
    );
    assert_eq!((finished.waiting_for, finished.since), (None, Some(noon())));
    assert_eq!(
        closed(2, SessionOutcome::Abandoned).sentence,
        "It was given up before anything new went live."
    );
    assert_eq!(
        closed(3, SessionOutcome::Abandoned).sentence,
        "It was given up. Ask Ana what is live."
    );
    let undone = closed(3, SessionOutcome::RolledBack);
    assert_eq!(
        (undone.headline(), undone.sentence.as_str()),
        ("ROLLED BACK", "Ana has recorded that the release was undone.")
    );
}

#[test]
fn names_what_it_waits_for_and_since_when() {
    let held = summary(&state(release(), 2, true));
    assert_eq!(held.headline(), "ON HOLD");
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
        Some("The next step: Database and code agree")
    );
    assert_eq!(going.stages[2].status, StageStatus::Now);
    assert_eq!(
        summary(&state(release(), 5, false)).waiting_for.as_deref(),
        Some("Ana to close the run")
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

#[test]
fn the_end_is_told_from_what_is_usual_and_only_while_it_goes() {
    let usual = Some(Usual {
        sessions: 4,
        from_seconds: 20 * 60,
        to_seconds: 40 * 60,
    });
    let minutes = |after: i64| noon() + TimeDelta::minutes(after);
    // It began five minutes before noon.
    let going = summary(&state(release(), 2, false));
    assert_eq!(
        going.likely_end(usual, noon()),
        Some(LikelyEnd::Between(minutes(15), minutes(35)))
    );
    assert_eq!(
        going.likely_end(usual, minutes(20)),
        Some(LikelyEnd::Between(minutes(20), minutes(35)))
    );
    assert_eq!(going.likely_end(usual, minutes(36)), Some(LikelyEnd::LaterThanUsual));
    assert_eq!(going.likely_end(None, noon()), None);
    let short = usual.map(|usual| Usual {
        to_seconds: 59,
        ..usual
    });
    assert_eq!(going.likely_end(short, noon()), None);
    assert_eq!(summary(&state(release(), 2, true)).likely_end(usual, noon()), None);
}

//! The plain-language summary, sentence by sentence.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use holdpoint_domain::gate::{CheckResult, GateKind, GateSnapshot, Outcome, Source, Verdict};
use holdpoint_domain::runbook::{OnFail, Order, Procedure, ProcedureKind, Step};
use holdpoint_domain::session::{Actor, Event, LiftedBy, SessionOutcome, Started, State, StepStatus, TickedBy};
use holdpoint_domain::summary::{Claim, LikelyEnd, StageStatus, Summary, Tone};
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
        work: false,
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
    Summary::of(state, None).expect("a session that began")
}

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

/// The gate `version` at the step that puts the new version live, which compares the answer with the release.
fn with_version_gate() -> Started {
    let mut procedure = release();
    procedure.steps[3].gates = vec!["version".to_owned()];
    procedure.steps[4].gates = vec!["smoke".to_owned()];
    let gate = |id: &str| GateSnapshot {
        id: id.to_owned(),
        title: id.to_owned(),
        plain: format!("The check {id}"),
        kind: GateKind::Http,
        auto: false,
        direct: false,
        direct_decides: false,
        direct_url: None,
        compares_release: id == "version",
        fresh_seconds: 600,
        timeout_seconds: 10,
        on_fail: OnFail::Stop,
        expects: Vec::new(),
        asks: Vec::new(),
        digest: None,
    };
    Started {
        gates: ["version", "smoke"].map(|id| (id.to_owned(), gate(id))).into(),
        ..started(procedure)
    }
}

fn run(step: usize, gate: &str, outcome: Outcome) -> [Event; 2] {
    let id = Uuid::from_u128(u128::from(u8::try_from(step).unwrap_or(0)) * 3 + outcome as u128 + 1);
    let verdict = Verdict {
        outcome,
        summary: String::new(),
        checks: vec![CheckResult {
            check: String::new(),
            expected: String::new(),
            observed: String::new(),
            outcome,
        }],
        source: Source::Proxy,
        started: noon(),
        finished: noon(),
        attempts: 1,
        request: String::new(),
        output: String::new(),
        output_bytes: 0,
        gate_digest: String::new(),
    };
    let (step, gate) = (step.to_string(), gate.to_owned());
    [
        Event::GateStarted {
            run: id,
            step: step.clone(),
            gate: gate.clone(),
            auto: false,
        },
        Event::GateFinished {
            run: id,
            step,
            gate,
            verdict,
        },
    ]
}

fn hold_of(step: usize, gate: &str) -> Event {
    Event::HoldPlaced {
        step: step.to_string(),
        gate: gate.to_owned(),
        run: Uuid::nil(),
        reason: String::new(),
        advice: OnFail::Stop,
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
    let unnamed = procedure(
        ProcedureKind::Release,
        Order::Sequential,
        &[("Push the button", "Button pushed")],
    );
    for (procedure, steps) in [(unordered, 5), (unnamed, 1)] {
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
    assert_eq!(summary(&skipped).sentence.text, "5 of 5 steps are done.");
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

fn closed(outcome: SessionOutcome) -> Event {
    Event::SessionClosed {
        outcome,
        summary: String::new(),
    }
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
            "It was given up before “New version goes live”: nothing new went live.".to_owned()
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
    assert_eq!(left_out.sentence.text, "Every step is done or was left out.");
    assert_eq!((left_out.waiting_for, left_out.since), (None, Some(noon())));
}

/// A release whose rollback was started, and closed where an outcome is given.
fn undone(outcome: Option<SessionOutcome>) -> State {
    let rollback = Event::RollbackStarted {
        session: Uuid::nil(),
        procedure: "back".to_owned(),
    };
    after(
        started(release()),
        (0..4).map(ticked).chain([rollback]).chain(outcome.map(closed)),
    )
}

fn rollback(done: usize, event: Option<Event>) -> State {
    let steps = [("Put it back", "Old version is back"), ("Look", "Looked at")];
    let procedure = procedure(ProcedureKind::Rollback, Order::Sequential, &steps);
    after(started(procedure), (0..done).map(ticked).chain(event))
}

#[test]
fn tells_of_a_release_that_is_undone_what_its_rollback_says() {
    use SessionOutcome::{Abandoned, Completed, RolledBack};
    let closed_as = "Ana closed this as rolled back.";
    let given_up = "The rollback was given up with 0 of 2 steps done. Ask Ana what is live.";
    let finished = "The rollback is finished: it was closed with every step done.";
    let table: [(_, Option<State>, &str, String); 7] = [
        (
            None,
            None,
            "ROLLBACK STARTED",
            "A rollback was started; how far it is, is not known here yet.".to_owned(),
        ),
        (
            None,
            Some(rollback(1, None)),
            "ROLLING BACK",
            "A rollback was started: 1 of its 2 steps are done.".to_owned(),
        ),
        (
            None,
            Some(rollback(1, Some(held(1)))),
            "ROLLBACK ON HOLD",
            "A rollback was started, and a check of it has not passed: 1 of its 2 steps are done.".to_owned(),
        ),
        (
            None,
            Some(rollback(2, Some(closed(Completed)))),
            "ROLLBACK FINISHED",
            finished.to_owned(),
        ),
        (
            None,
            Some(rollback(0, Some(closed(Abandoned)))),
            "ROLLBACK GIVEN UP",
            given_up.to_owned(),
        ),
        (
            Some(RolledBack),
            Some(rollback(2, Some(closed(Completed)))),
            "ROLLED BACK",
            format!("{closed_as} {finished}"),
        ),
        (
            Some(RolledBack),
            Some(rollback(0, Some(closed(Abandoned)))),
            "ROLLBACK GIVEN UP",
            format!("{closed_as} {given_up}"),
        ),
    ];
    for (outcome, rollback, headline, expected) in table {
        let summary = Summary::of(&undone(outcome), rollback.as_ref()).expect("it began");
        assert_eq!((summary.headline.words(), summary.sentence.text), (headline, expected));
    }
    let ended = rollback(2, Some(closed(Completed)));
    let summary = Summary::of(&undone(None), Some(&ended)).expect("it began");
    assert_eq!(summary.waiting_for.as_deref(), Some("Ana to close the session"));
    let runs = Summary::of(&undone(None), Some(&rollback(1, None))).expect("it began");
    assert_eq!(runs.waiting_for.as_deref(), Some("The rollback to finish"));
}

#[test]
fn emergencies_and_rollbacks_have_words_of_their_own() {
    let emergency = procedure(ProcedureKind::Emergency, Order::Sequential, &STEPS);
    let going = summary(&state(emergency.clone(), 1, false));
    assert_eq!(
        (going.headline.words(), going.headline.tone()),
        ("RESPONDING", Tone::Working)
    );
    assert_eq!(
        going.sentence.text,
        "There is a problem, and the team responds: 1 of 5 steps are done."
    );
    let back = summary(&rollback(1, None));
    assert_eq!(
        (back.headline.words(), back.headline.tone()),
        ("ROLLING BACK", Tone::Working)
    );
    assert_eq!(
        summary(&rollback(1, Some(held(1)))).headline.words(),
        "ROLLBACK ON HOLD"
    );

    let linked = Event::RollbackStarted {
        session: Uuid::nil(),
        procedure: "back".to_owned(),
    };
    let both = after(started(emergency), [ticked(0), linked]);
    let told = Summary::of(&both, Some(&rollback(1, None))).expect("it began");
    assert_eq!(told.headline.words(), "RESPONDING");
    assert_eq!(
        told.sentence.text,
        "There is a problem, and the team responds: 1 of 5 steps are done. A rollback was started: 1 of its 2 steps are done."
    );
    assert_eq!(told.waiting_for.as_deref(), Some("The next step: Database updated"));
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
            .starts_with("Holdpoint decided to go on although a check did not pass. “New version"),
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
fn what_held_when_a_rollback_was_started_is_not_told_as_later() {
    let rolled = [
        ticked(0),
        held(1),
        Event::HoldLifted {
            by: LiftedBy::Rollback { session: Uuid::nil() },
        },
        Event::RollbackStarted {
            session: Uuid::nil(),
            procedure: "back".to_owned(),
        },
    ];
    let state = after(started(release()), rolled);
    assert_eq!(summary(&state).stages[1].status, StageStatus::Held);
    assert_eq!(state.row("1").map(|row| row.status), Some(StepStatus::Failed));
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
        Some("The next step: Database and code agree")
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

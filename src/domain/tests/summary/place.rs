//! A release in five steps, and its rollback.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use holdpoint_domain::gate::{CheckResult, DeclaredLine, GateKind, GateSnapshot, Outcome, Source, Verdict};
use holdpoint_domain::runbook::{OnFail, Order, Procedure, ProcedureKind, Step};
use holdpoint_domain::session::{Actor, Event, SessionOutcome, Started, State, TickedBy};
use holdpoint_domain::summary::Summary;
use uuid::Uuid;

pub const STEPS: [(&str, &str); 5] = [
    ("PREFLIGHT", "Safety checks passed"),
    ("MIGRATE (apply database migrations)", "Database updated"),
    ("VERIFY", "Database and code agree"),
    ("DEPLOY", "New version goes live"),
    ("SMOKE", "Tried out end to end"),
];

pub fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000, 0).expect("a time")
}

pub fn step(id: usize, title: &str, plain: &str) -> Step {
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
        live: false,
        undo: None,
        timebox_seconds: None,
        children: Vec::new(),
    }
}

pub fn procedure(kind: ProcedureKind, order: Order, steps: &[(&str, &str)]) -> Procedure {
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

pub fn started(procedure: Procedure) -> Started {
    Started {
        runbook: "golden-release".to_owned(),
        runbook_title: "Golden release".to_owned(),
        digest: String::new(),
        text: String::new(),
        procedure: Arc::new(procedure),
        rollbacks: Vec::new(),
        symptoms: Vec::new(),
        environment: "prod".to_owned(),
        environment_title: "Production".to_owned(),
        production: true,
        rehearsal: false,
        drill: None,
        version: "v1.4.2".to_owned(),
        git_sha: "a1b2c3d".to_owned(),
        captain: "Ana".to_owned(),
        undoes: None,
        variables: Default::default(),
        gates: Default::default(),
    }
}

pub fn ticked(step: usize) -> Event {
    Event::StepTicked {
        step: step.to_string(),
        by: TickedBy::Person,
    }
}

pub fn held(step: usize) -> Event {
    Event::HoldPlaced {
        step: step.to_string(),
        gate: "contract".to_owned(),
        run: Uuid::nil(),
        reason: "It failed.".to_owned(),
        advice: OnFail::Rollback,
    }
}

pub fn skipped(step: usize) -> Event {
    Event::StepSkipped {
        step: step.to_string(),
        reason: "no time".to_owned(),
    }
}

/// Somebody goes on without a pass of this gate, which holds, and the step is ticked.
pub fn gone_on(step: usize, gate: &str, reason: &str) -> [Event; 3] {
    let (id, run) = (step.to_string(), Uuid::nil());
    [
        hold_of(step, gate),
        Event::ProceededWithCaution {
            step: id.clone(),
            gate: gate.to_owned(),
            run,
            reason: reason.to_owned(),
        },
        Event::StepTicked {
            step: id,
            by: TickedBy::Caution { run },
        },
    ]
}

fn actor(event: &Event) -> Actor {
    let name = match event {
        Event::SessionClosed { .. } => "Ana",
        Event::ProceededWithCaution { .. } => "Ben",
        _ => return Actor::Proxy,
    };
    Actor::Person { name: name.to_owned() }
}

/// A session that began five minutes before noon, after these events at noon. Ana closes it, and Ben decides to go on without a pass.
pub fn after(started: Started, events: impl IntoIterator<Item = Event>) -> State {
    let mut state = State::default();
    let began = Event::SessionStarted(Box::new(started));
    state.apply_event(&began, noon() - TimeDelta::minutes(5), &Actor::Proxy);
    for event in events {
        state.apply_event(&event, noon(), &actor(&event));
    }
    state
}

pub fn state(procedure: Procedure, done: usize, hold: bool) -> State {
    after(
        started(procedure),
        (0..done).map(ticked).chain(hold.then(|| held(done))),
    )
}

/// The author says with which step the new version goes live.
pub fn release() -> Procedure {
    let mut release = unmarked();
    release.steps[3].live = true;
    release
}

/// The same, and the author does not say it.
pub fn unmarked() -> Procedure {
    procedure(ProcedureKind::Release, Order::Sequential, &STEPS)
}

pub fn summary(state: &State) -> Summary {
    Summary::of(state, None).expect("a session that began")
}

/// The gate `version` at the step that puts the new version live, which compares the answer with the release.
pub fn with_version_gate() -> Started {
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
        asks: vec![DeclaredLine {
            label: "Request".to_owned(),
            text: "GET {url.api}/health".to_owned(),
        }],
        digest: None,
    };
    Started {
        gates: ["version", "smoke"].map(|id| (id.to_owned(), gate(id))).into(),
        ..started(procedure)
    }
}

pub fn run(step: usize, gate: &str, outcome: Outcome) -> [Event; 2] {
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

pub fn hold_of(step: usize, gate: &str) -> Event {
    Event::HoldPlaced {
        step: step.to_string(),
        gate: gate.to_owned(),
        run: Uuid::nil(),
        reason: String::new(),
        advice: OnFail::Stop,
    }
}

pub fn closed(outcome: SessionOutcome) -> Event {
    closed_saying(outcome, "")
}

pub fn closed_saying(outcome: SessionOutcome, summary: &str) -> Event {
    Event::SessionClosed {
        outcome,
        summary: summary.to_owned(),
    }
}

//! A session's log, event by event, without the rules that would make it.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use holdpoint_domain::gate::{CheckResult, GateKind, GateSnapshot, Outcome, Source, Verdict};
use holdpoint_domain::runbook::{OnFail, Order, Procedure, ProcedureKind, Step};
use holdpoint_domain::session::{
    Actor, EVENT_VERSION, Event, GENESIS, Record, SessionOutcome, Started, TickedBy, digest, seal,
};
use uuid::Uuid;

/// Two steps, of which the second has a gate.
pub fn started() -> Started {
    let text = "# Demo\n";
    let step = |id: &str, title: &str, gates: &[&str]| Step {
        id: format!("release/{id}"),
        number: None,
        title: title.to_owned(),
        plain: None,
        line: 1,
        parts: Vec::new(),
        gates: gates.iter().map(|gate| (*gate).to_owned()).collect(),
        on_fail: None,
        optional: false,
        work: false,
        live: false,
        undo: None,
        timebox_seconds: None,
        children: Vec::new(),
    };
    let contract = GateSnapshot {
        id: "contract".to_owned(),
        title: "The contract gate".to_owned(),
        plain: "The contract is right".to_owned(),
        kind: GateKind::Http,
        auto: false,
        direct: false,
        direct_decides: false,
        compares_release: false,
        direct_url: None,
        asks: Vec::new(),
        fresh_seconds: 600,
        timeout_seconds: 10,
        on_fail: OnFail::Stop,
        expects: vec!["Status: 200".to_owned()],
        digest: None,
    };
    Started {
        runbook: "demo".to_owned(),
        runbook_title: "Demo".to_owned(),
        digest: digest(text),
        text: text.to_owned(),
        procedure: Arc::new(Procedure {
            id: "release".to_owned(),
            title: "Golden release procedure".to_owned(),
            kind: ProcedureKind::Release,
            order: Order::Sequential,
            line: 1,
            intro: Vec::new(),
            steps: vec![step("freeze", "FREEZE", &[]), step("verify", "VERIFY", &["contract"])],
            rollback: None,
            timebox_seconds: None,
            errors: Vec::new(),
        }),
        rollbacks: Vec::new(),
        symptoms: Vec::new(),
        environment: "prod".to_owned(),
        environment_title: "Production".to_owned(),
        production: true,
        rehearsal: false,
        drill: None,
        version: "v1.4.2".to_owned(),
        git_sha: "a1b2c3d4".to_owned(),
        captain: "Ada".to_owned(),
        undoes: None,
        variables: BTreeMap::new(),
        gates: BTreeMap::from([("contract".to_owned(), contract)]),
    }
}

pub fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_763_640_000, 0).expect("2025-11-20 12:00:00")
}

/// The records of these events, all at noon and by Ada.
pub fn records(events: impl IntoIterator<Item = Event>) -> Vec<Record> {
    records_of(7, events)
}

/// The same of another session.
pub fn records_of(session: u128, events: impl IntoIterator<Item = Event>) -> Vec<Record> {
    timed(session, events.into_iter().map(|event| (0, event)))
}

/// The records of events that came so many seconds after noon.
pub fn timed(session: u128, events: impl IntoIterator<Item = (i64, Event)>) -> Vec<Record> {
    let mut records: Vec<Record> = Vec::new();
    for (after, event) in events {
        let prev = records.last().map_or(GENESIS.to_owned(), |last| last.hash.clone());
        let mut record = Record {
            v: EVENT_VERSION,
            session: Uuid::from_u128(session),
            seq: records.len() as u64 + 1,
            at: noon() + TimeDelta::seconds(after),
            actor: Actor::Person { name: "Ada".to_owned() },
            command: Uuid::from_u128(1),
            event,
            prev: String::new(),
            hash: String::new(),
        };
        seal(&mut record, &prev).expect("a record can be written");
        records.push(record);
    }
    records
}

pub fn begun(started: Started) -> Event {
    Event::SessionStarted(Box::new(started))
}

pub fn ticked(step: &str) -> Event {
    Event::StepTicked {
        step: format!("release/{step}"),
        by: TickedBy::Person,
    }
}

pub fn note(text: &str) -> Event {
    Event::NoteAdded {
        step: None,
        text: text.to_owned(),
        written: None,
    }
}

pub fn rolled_back() -> Event {
    Event::RollbackStarted {
        session: Uuid::from_u128(99),
        procedure: "rollback".to_owned(),
    }
}

pub fn closed(outcome: SessionOutcome, summary: &str) -> Event {
    Event::SessionClosed {
        outcome,
        summary: summary.to_owned(),
    }
}

/// What the contract gate came to.
pub fn verdict(outcome: Outcome) -> Verdict {
    Verdict {
        outcome,
        summary: "Status: 503; expected: 200.".to_owned(),
        checks: vec![CheckResult {
            check: "Status".to_owned(),
            expected: "200".to_owned(),
            observed: "503".to_owned(),
            outcome,
        }],
        source: Source::Proxy,
        started: noon(),
        finished: noon(),
        attempts: 1,
        request: "GET https://api.example/health".to_owned(),
        output: String::new(),
        output_bytes: 0,
        gate_digest: "d".repeat(64),
    }
}

/// A run of the contract gate, and the hold that follows when it does not pass.
pub fn ran(run: u128, outcome: Outcome) -> Vec<Event> {
    let (run, step, gate) = (Uuid::from_u128(run), "release/verify".to_owned(), "contract".to_owned());
    let verdict = verdict(outcome);
    let mut events = vec![
        Event::GateStarted {
            run,
            step: step.clone(),
            gate: gate.clone(),
            auto: false,
        },
        Event::GateFinished {
            run,
            step: step.clone(),
            gate: gate.clone(),
            verdict,
        },
    ];
    if outcome != Outcome::Pass {
        events.push(Event::HoldPlaced {
            step,
            gate,
            run,
            reason: "The contract gate failed: Status: 503; expected: 200.".to_owned(),
            advice: OnFail::Stop,
        });
    }
    events
}

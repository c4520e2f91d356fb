//! A session to tell stories with.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use holdpoint_domain::gate::{CheckResult, GateKind, GateSnapshot, Outcome, Source, Verdict};
use holdpoint_domain::runbook::OnFail;
use holdpoint_domain::session::*;
use holdpoint_reader::read;

/// Three steps in order (the second with two gates), and a rollback.
pub const RELEASE: &str = r#"# Demo

## Golden release procedure
<!-- holdpoint: procedure id=release kind=release order=sequential -->

### STEP 1: FREEZE
<!-- holdpoint: id=freeze -->

Scale the workers to zero.

### STEP 2: VERIFY
<!-- holdpoint: id=verify gate=contract,rpc on_fail=rollback -->

Check the contract.

### STEP 3: ANNOUNCE
<!-- holdpoint: id=announce optional -->

Tell everybody.
"#;

/// A plain checklist: any order, one of its items with a gate.
pub const CHECKLIST: &str = r#"# Demo

## Checklist
<!-- holdpoint: procedure id=list kind=checklist order=any -->

- [ ] Code is merged <!-- holdpoint: id=merged -->
- [ ] Contract holds <!-- holdpoint: id=contract-holds gate=contract -->
- [ ] Notes are written <!-- holdpoint: id=notes -->
"#;

/// A step with two sub-steps, and one after it.
pub const NESTED: &str = r#"# Demo

## Set-up procedure
<!-- holdpoint: procedure id=setup kind=setup order=sequential -->

### STEP 1: PREPARE
<!-- holdpoint: id=prepare -->

- [ ] First half <!-- holdpoint: id=first -->
- [ ] Second half <!-- holdpoint: id=second -->

### STEP 2: GO
<!-- holdpoint: id=go -->

Go.
"#;

/// A table whose last column people fill in while they work, and a rollback.
pub const TABLE: &str = r#"# Demo

## Release checklist
<!-- holdpoint: procedure id=release kind=release order=sequential -->

| Step | Expected | Actual |
| --- | --- | --- |
| Freeze | 0 instances | <!-- holdpoint: id=freeze --> |
| Verify | one signature | <!-- holdpoint: id=verify gate=contract,rpc --> |
| Announce | everybody knows | <!-- holdpoint: id=announce optional --> |

## Rollback procedure
<!-- holdpoint: procedure id=rollback kind=rollback -->

1. Put the old version back
"#;

/// A session, its clock and its log.
pub struct Story {
    pub state: State,
    pub now: DateTime<Utc>,
    pub records: Vec<Record>,
    next: u128,
}

pub fn captain() -> Actor {
    Actor::Person { name: "Ada".to_owned() }
}

pub fn snapshot(id: &str) -> GateSnapshot {
    GateSnapshot {
        id: id.to_owned(),
        title: format!("The {id} gate"),
        plain: format!("The {id} is right"),
        kind: GateKind::Http,
        auto: false,
        direct: false,
        direct_decides: false,
        compares_release: false,
        direct_url: None,
        fresh_seconds: 600,
        timeout_seconds: 10,
        on_fail: OnFail::Stop,
        expects: vec!["Status equals 200".to_owned()],
        asks: Vec::new(),
        digest: None,
    }
}

pub fn started(text: &str, procedure: &str) -> Started {
    let book = read("demo", text);
    let procedure = book.procedure(procedure).expect("the text has it").clone();
    let rollbacks = procedure.rollbacks_to_keep(&book.procedures);
    let rollbacks = rollbacks.into_iter().cloned().collect();
    Started {
        runbook: "demo".to_owned(),
        runbook_title: "Demo".to_owned(),
        digest: digest(text),
        text: text.to_owned(),
        procedure: Arc::new(procedure),
        rollbacks,
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
        gates: ["contract", "rpc"]
            .into_iter()
            .map(|id| (id.to_owned(), snapshot(id)))
            .collect(),
    }
}

impl Story {
    /// A session of the three-step release.
    pub fn release() -> Self {
        Self::of(started(RELEASE, "release"))
    }

    pub fn of(started: Started) -> Self {
        let now = DateTime::from_timestamp(1_763_640_000, 0).expect("a valid time");
        let mut story = Self {
            state: State::default(),
            now,
            records: Vec::new(),
            next: 0,
        };
        story.must(&Command::Start(Box::new(started)));
        story
    }

    pub fn id(&mut self) -> Uuid {
        self.next += 1;
        Uuid::from_u128(self.next)
    }

    /// Decides and records a command.
    pub fn does(&mut self, command: &Command) -> Result<Vec<Event>, Refusal> {
        let events = decide(&self.state, command, self.now)?;
        let id = self.id();
        for event in &events {
            let prev = self.records.last().map_or(GENESIS.to_owned(), |last| last.hash.clone());
            let mut record = Record {
                v: EVENT_VERSION,
                session: Uuid::from_u128(7),
                seq: self.records.len() as u64 + 1,
                at: self.now,
                actor: captain(),
                command: id,
                event: event.clone(),
                prev: String::new(),
                hash: String::new(),
            };
            seal(&mut record, &prev).expect("a record can be written");
            self.state.apply(&record);
            self.records.push(record);
        }
        Ok(events)
    }

    pub fn must(&mut self, command: &Command) -> Vec<Event> {
        self.does(command).expect("the command is accepted")
    }

    pub fn ask(&mut self, command: ClientCommand) -> Result<Vec<Event>, Refusal> {
        self.does(&Command::Client(command))
    }

    pub fn tick(&mut self, step: &str) -> Result<Vec<Event>, Refusal> {
        self.ask(ClientCommand::Tick { step: step.to_owned() })
    }

    pub fn wait(&mut self, seconds: i64) {
        self.now += TimeDelta::seconds(seconds);
    }

    /// Starts a gate and answers its run.
    pub fn starts(&mut self, step: &str, gate: &str) -> Result<Uuid, Refusal> {
        let run = self.id();
        let (step, gate) = (step.to_owned(), gate.to_owned());
        self.does(&Command::StartGate {
            run,
            step,
            gate,
            auto: false,
        })?;
        Ok(run)
    }

    /// Runs a gate to this outcome.
    pub fn runs(&mut self, step: &str, gate: &str, outcome: Outcome) -> Vec<Event> {
        let run = self.starts(step, gate).expect("the gate starts");
        let verdict = self.verdict(outcome);
        self.must(&Command::FinishGate { run, verdict })
    }

    pub fn verdict(&self, outcome: Outcome) -> Verdict {
        Verdict {
            outcome,
            summary: "Status was 503, 200 expected.".to_owned(),
            checks: vec![CheckResult {
                check: "Status".to_owned(),
                expected: "200".to_owned(),
                observed: "503".to_owned(),
                outcome,
            }],
            source: Source::Proxy,
            started: self.now,
            finished: self.now,
            attempts: 1,
            request: "GET https://api.example/health".to_owned(),
            output: String::new(),
            output_bytes: 0,
            gate_digest: "d".repeat(64),
        }
    }

    pub fn standing(&self) -> Standing {
        self.state.standing()
    }
}

/// The gate as it is declared after a correction, with the digest of 64 times this letter.
pub fn corrected(id: &str, letter: &str) -> GateSnapshot {
    GateSnapshot {
        expects: vec!["Status equals 204".to_owned()],
        digest: Some(letter.repeat(64)),
        ..snapshot(id)
    }
}

/// Takes a declaration that the person saw as it is.
pub fn takes(declared: GateSnapshot) -> Command {
    Command::TakeDeclaration {
        gate: declared.id.clone(),
        digest: declared.digest.clone().expect("new ones have one"),
        declared: Some(Box::new(declared)),
        reason: "it asked the wrong port".to_owned(),
    }
}

/// The names of events, for short expectations.
pub fn names(events: &[Event]) -> Vec<String> {
    let name = |event: &Event| {
        let value = serde_json::to_value(event).expect("events are JSON");
        value["type"].as_str().expect("events have a type").to_owned()
    };
    events.iter().map(name).collect()
}

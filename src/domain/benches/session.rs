//! What one command costs in sessions of 100, 1,000 and 10,000 steps: deciding it, folding its events in, and asking for the
//! gates that are due and for the rows that it touches.
//!
//! It must not grow with the number of steps. Starting a session does, once.

#![expect(
    clippy::disallowed_methods,
    reason = "the crate does no I/O and reads no clock; measuring it takes a clock"
)]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use holdpoint_domain::gate::{CheckResult, GateKind, GateSnapshot, Outcome, Source, Verdict};
use holdpoint_domain::runbook::{OnFail, Order, Procedure, ProcedureKind, Step};
use holdpoint_domain::session::{Actor, ClientCommand, Command, Started, State, decide, gates_to_run};
use uuid::Uuid;

/// Commands that are measured in each session.
const COMMANDS: usize = 99;

fn main() {
    println!(
        "medians of {COMMANDS} commands, microseconds; a command is decided, folded in, and its rows are asked for"
    );
    for order in [Order::Sequential, Order::Any] {
        for count in [100, 1_000, 10_000] {
            let (start, mut session) = Session::new(order, count);
            let mut ticks = Vec::new();
            let mut backs = Vec::new();
            let mut gates = Vec::new();
            let tick = |id: String| Command::Client(ClientCommand::Tick { step: id });
            for at in 0..COMMANDS {
                let id = format!("step-{at}");
                if at % 3 != 2 {
                    ticks.push(session.does(tick(id.clone())));
                    let reason = "once more".to_owned();
                    let back = ClientCommand::Untick {
                        step: id.clone(),
                        reason,
                    };
                    backs.push(session.does(Command::Client(back)));
                    session.does(tick(id));
                } else {
                    gates.push(session.passes(id));
                }
            }
            println!(
                "{:<10} {count:>6} steps   start {:>8.1}   tick {:>5.1}   take back {:>5.1}   gate passes {:>5.1}",
                format!("{order:?}"),
                micros(start),
                micros(median(ticks)),
                micros(median(backs)),
                micros(median(gates)),
            );
        }
    }
}

struct Session {
    state: State,
    now: DateTime<Utc>,
}

impl Session {
    /// A session of so many steps, each third with a gate, and how long its start took.
    fn new(order: Order, count: usize) -> (Duration, Self) {
        let mut session = Self {
            state: State::default(),
            now: DateTime::from_timestamp(1_763_640_000, 0).expect("a valid time"),
        };
        let start = session.does(Command::Start(Box::new(started(order, count))));
        (start, session)
    }

    fn does(&mut self, command: Command) -> Duration {
        let actor = Actor::Person { name: "Ada".to_owned() };
        let since = Instant::now();
        let events = decide(&self.state, &command, self.now).expect("it is accepted");
        for event in &events {
            for step in self.state.apply_event(event, self.now, &actor) {
                black_box(self.state.row(&step));
            }
        }
        black_box(gates_to_run(&self.state));
        since.elapsed()
    }

    /// Starts the step's gate, and measures its pass, which ticks the step.
    fn passes(&mut self, step: String) -> Duration {
        let run = Uuid::from_u128(self.state.runs.len() as u128 + 1);
        let gate = "health".to_owned();
        self.does(Command::StartGate {
            run,
            step,
            gate,
            auto: false,
        });
        let verdict = verdict(self.now);
        self.does(Command::FinishGate { run, verdict })
    }
}

fn verdict(now: DateTime<Utc>) -> Verdict {
    let text = |text: &str| text.to_owned();
    Verdict {
        outcome: Outcome::Pass,
        summary: text("Status was 200."),
        checks: vec![CheckResult {
            check: text("Status"),
            expected: text("200"),
            observed: text("200"),
            outcome: Outcome::Pass,
        }],
        source: Source::Proxy,
        started: now,
        finished: now,
        attempts: 1,
        request: text("GET https://api.example/health"),
        output: String::new(),
        output_bytes: 0,
        gate_digest: String::new(),
    }
}

fn started(order: Order, count: usize) -> Started {
    let text = |text: &str| text.to_owned();
    let step = |at: usize| Step {
        id: format!("step-{at}"),
        number: Some(at.to_string()),
        title: format!("Step {at}"),
        plain: None,
        line: 1,
        parts: Vec::new(),
        gates: if at % 3 == 2 { vec![text("health")] } else { Vec::new() },
        on_fail: None,
        optional: false,
        work: false,
        live: false,
        undo: None,
        timebox_seconds: None,
        children: Vec::new(),
    };
    let health = GateSnapshot {
        id: text("health"),
        title: text("Health"),
        plain: text("The API answers"),
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
        expects: Vec::new(),
        digest: None,
    };
    Started {
        runbook: text("bench"),
        runbook_title: text("Bench"),
        digest: String::new(),
        text: String::new(),
        procedure: Arc::new(Procedure {
            id: text("bench"),
            title: text("Bench"),
            kind: ProcedureKind::Release,
            order,
            line: 1,
            intro: Vec::new(),
            steps: (0..count).map(step).collect(),
            rollback: None,
            timebox_seconds: None,
            errors: Vec::new(),
        }),
        rollbacks: Vec::new(),
        symptoms: Vec::new(),
        environment: text("test"),
        environment_title: text("Test"),
        production: false,
        rehearsal: false,
        drill: None,
        version: text("v1"),
        git_sha: text("a1b2c3d"),
        captain: text("Ada"),
        undoes: None,
        variables: BTreeMap::new(),
        gates: BTreeMap::from([(text("health"), health)]),
    }
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

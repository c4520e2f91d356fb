use chrono::TimeDelta;
use holdpoint_domain::gate::{CheckResult, GateKind, Source};
use holdpoint_domain::runbook::OnFail;
use holdpoint_domain::session::{Actor, Event, Record, SessionOutcome, Started};
use holdpoint_reader::read;
use uuid::Uuid;

use super::*;
use crate::state::session::gate_runs;

const RUNBOOK: &str = "# Shop\n\n## Release\n<!-- holdpoint: procedure id=release -->\n\n1. One\n   <!-- holdpoint: id=one gate=a gate=b -->\n";
const STEP: &str = "release/one";

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).expect("a time") + TimeDelta::seconds(seconds)
}

fn gate(id: &str) -> GateSnapshot {
    GateSnapshot {
        id: id.to_owned(),
        title: id.to_uppercase(),
        plain: id.to_owned(),
        kind: GateKind::Http,
        auto: false,
        direct: false,
        direct_decides: false,
        direct_url: None,
        compares_release: false,
        fresh_seconds: 60,
        timeout_seconds: 10,
        on_fail: OnFail::Stop,
        expects: Vec::new(),
        asks: Vec::new(),
        digest: None,
    }
}

fn started() -> Event {
    let book = read("shop", RUNBOOK);
    Event::SessionStarted(Box::new(Started {
        runbook: "shop".to_owned(),
        runbook_title: book.title.clone(),
        digest: "d".repeat(64),
        text: RUNBOOK.to_owned(),
        procedure: std::sync::Arc::new(book.procedures[0].clone()),
        rollbacks: Vec::new(),
        symptoms: Vec::new(),
        environment: "shop".to_owned(),
        environment_title: "Shop".to_owned(),
        production: false,
        rehearsal: false,
        drill: None,
        version: "v1".to_owned(),
        git_sha: "a1b2c3d".to_owned(),
        captain: "Ada".to_owned(),
        undoes: None,
        variables: Default::default(),
        gates: ["a", "b"].map(|id| (id.to_owned(), gate(id))).into(),
    }))
}

/// A run of the gate `a` that ends after so many seconds.
fn ran(run: u128, outcome: Outcome, finished: i64) -> [Event; 2] {
    let (run, step, gate) = (Uuid::from_u128(run), STEP.to_owned(), "a".to_owned());
    let verdict = Verdict {
        outcome,
        summary: format!("run {run}"),
        checks: vec![CheckResult {
            check: "Status".to_owned(),
            expected: "200".to_owned(),
            observed: "200".to_owned(),
            outcome,
        }],
        source: Source::Proxy,
        started: at(finished),
        finished: at(finished),
        attempts: 1,
        request: String::new(),
        output: String::new(),
        output_bytes: 0,
        gate_digest: String::new(),
    };
    let start = Event::GateStarted {
        run,
        step: step.clone(),
        gate: gate.clone(),
        auto: false,
    };
    let end = Event::GateFinished {
        run,
        step,
        gate,
        verdict,
    };
    [start, end]
}

fn records(events: impl IntoIterator<Item = (i64, Event)>) -> Vec<Record> {
    let record = |(place, (seconds, event))| Record {
        v: 1,
        session: Uuid::nil(),
        seq: place as u64 + 1,
        at: at(seconds),
        actor: Actor::Proxy,
        command: Uuid::nil(),
        event,
        prev: String::new(),
        hash: String::new(),
    };
    events.into_iter().enumerate().map(record).collect()
}

fn closed_at(seconds: i64) -> (i64, Event) {
    let closed = Event::SessionClosed {
        outcome: SessionOutcome::Abandoned,
        summary: String::new(),
    };
    (seconds, closed)
}

#[test]
fn nothing_expires_after_the_end_of_a_session() {
    let passed = || {
        [(0, started())]
            .into_iter()
            .chain(ran(1, Outcome::Pass, 10).map(|event| (10, event)))
    };
    let view = |records: Vec<Record>, now: i64| {
        let view = gate_view(&State::fold(&records), STEP, "a", Asked::No, at(now));
        (view.status, view.until, view.expired)
    };
    let pass = GateStatus::Verdict(Outcome::Pass);
    assert_eq!(view(records(passed()), 30), (pass, Some(at(70)), false));
    assert_eq!(view(records(passed()), 100), (GateStatus::Stale, Some(at(70)), true));
    let closed = |seconds| records(passed().chain([closed_at(seconds)]));
    assert_eq!(view(closed(30), 9_000), (pass, None, false), "it was valid at the end");
    assert_eq!(
        view(closed(80), 9_000),
        (pass, Some(at(70)), true),
        "it had expired before the end"
    );
}

#[test]
fn a_gate_keeps_every_run_newest_first() {
    let runs = ran(1, Outcome::Fail, 10).into_iter().chain(ran(2, Outcome::Pass, 20));
    let records = records([(0, started())].into_iter().chain(runs.map(|event| (20, event))));
    let found: Vec<_> = gate_runs(&records, STEP, "a")
        .into_iter()
        .map(|run| (run.seq, run.outcome))
        .collect();
    assert_eq!(found, [(5, Outcome::Pass), (3, Outcome::Fail)]);
    assert_eq!(gate_runs(&records, STEP, "b"), []);
}

#[test]
fn the_gates_that_hold_a_step_run_again_together_without_those_that_run() {
    let held = |gate: &str, run: u128| Event::HoldPlaced {
        step: STEP.to_owned(),
        gate: gate.to_owned(),
        run: Uuid::from_u128(run),
        reason: format!("{gate} failed"),
        advice: OnFail::Stop,
    };
    let [start, end] = ran(1, Outcome::Fail, 10);
    let holds = [
        (0, started()),
        (5, start),
        (10, end),
        (10, held("a", 1)),
        (20, held("b", 2)),
    ];
    let state = State::fold(&records(holds.clone()));
    let names = |state: &State| -> Vec<String> {
        let commands = gates_to_run_again(state, STEP).into_iter();
        commands
            .map(|command| match command {
                ClientCommand::RunGate { gate, .. } => gate,
                other => panic!("{other:?}"),
            })
            .collect()
    };
    assert_eq!(names(&state), ["a", "b"], "the oldest hold first");
    assert_eq!(gate_title(&state, "a"), "A");
    let [again, _] = ran(3, Outcome::Pass, 30);
    let state = State::fold(&records(holds.into_iter().chain([(30, again)])));
    assert_eq!(names(&state), ["b"], "a runs");
    assert!(gates_to_run_again(&state, "release/other").is_empty());
}

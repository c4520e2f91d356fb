//! Runs that would go on for long: they starve nobody, and can be stopped.

use std::path::Path;

use holdpoint_domain::gate::Outcome;
use holdpoint_domain::session::{Event, RunId, SessionOutcome, State};

use super::*;

const MANY: &str = "# Checks\n\n## Release procedure\n<!-- holdpoint: procedure id=release kind=release order=any -->\n\n\
                    - [ ] Polls <!-- holdpoint: id=polls gate=poll-1,poll-2,poll-3,poll-4,poll-5,poll-6,poll-7,poll-8 -->\n\
                    - [ ] Sleeps <!-- holdpoint: id=sleeps gate=sleep-1,sleep-2,sleep-3,sleep-4,sleep-5,sleep-6,sleep-7,sleep-8,sleep-9 -->\n\
                    - [ ] Well <!-- holdpoint: id=well gate=well -->\n\n\
                    ## Back procedure\n<!-- holdpoint: procedure id=back kind=rollback order=any -->\n\n\
                    - [ ] Back <!-- holdpoint: id=back gate=well -->\n";

async fn place() -> Place {
    let place = Place::of(MANY).await;
    let command = |name: &str, script: &str, more: &str| {
        format!(
            "[gates.{name}]\ntitle = \"{name}\"\nkind = \"command\"\nenvironments = [\"test\"]\n{more}\ncommand = {{ argv = \
             [\"/bin/sh\", \"-c\", \"{script}\"] }}\nexpect = [{{ check = \"exit_code\", equals = 0 }}]\n\n"
        )
    };
    let mut gates = "[environments.test]\ntitle = \"Test\"\n\n".to_owned();
    for number in 1..=8 {
        gates += &command(
            &format!("poll-{number}"),
            &format!("echo x >> polled-{number}; exit 1"),
            "poll = { every = \"1h\", until = \"24h\" }",
        );
    }
    for number in 1..=9 {
        let script = format!("echo $$ > pid-{number}; exec sleep 600");
        gates += &command(&format!("sleep-{number}"), &script, "timeout = \"2h\"");
    }
    gates += &command("well", "true", "");
    std::fs::write(place.dir.path().join("gates.toml"), gates).unwrap();
    place
}

async fn state(place: &Place, session: SessionId) -> State {
    State::fold(&place.log(session).await)
}

/// Starts a gate, and gives its run.
async fn start(engine: &Arc<Engine>, session: SessionId, step: &str, gate: &str) -> RunId {
    let command = ClientCommand::RunGate {
        step: step.to_owned(),
        gate: gate.to_owned(),
    };
    let accepted = engine.command(session, send_of(command)).await.unwrap();
    match &accepted.events[0].event {
        Event::GateStarted { run, .. } => *run,
        other => panic!("{other:?}"),
    }
}

async fn start_all(place: &Place, engine: &Arc<Engine>, session: SessionId, kind: &str, count: usize) -> Vec<RunId> {
    let mut runs = Vec::new();
    for number in 1..=count {
        runs.push(
            start(
                engine,
                session,
                &format!("release/{kind}s"),
                &format!("{kind}-{number}"),
            )
            .await,
        );
    }
    let file = if kind == "poll" { "polled" } else { "pid" };
    // Which of nine come first is nobody's promise.
    until(|| asked(place, file) == count.min(8)).await;
    runs
}

/// How many of the gates wrote their file.
fn asked(place: &Place, file: &str) -> usize {
    let path = |number: usize| place.dir.path().join(format!("{file}-{number}"));
    (1..=9).filter(|number| is_written(&path(*number))).count()
}

fn is_written(path: &Path) -> bool {
    std::fs::read_to_string(path).is_ok_and(|text| text.ends_with('\n'))
}

async fn passes_soon(place: &Place, engine: &Arc<Engine>, session: SessionId, step: &str) {
    let run = start(engine, session, step, "well").await;
    until(|| !engine.in_flight.contains(run)).await;
    assert!(
        state(place, session).await.is_done(step),
        "{:?}",
        place.log(session).await.last()
    );
}

fn is_alive(place: &Place, number: usize) -> bool {
    // The one that never had its turn wrote nothing.
    let Ok(pid) = std::fs::read_to_string(place.dir.path().join(format!("pid-{number}"))) else {
        return false;
    };
    // A zombie has ended.
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim()));
    stat.is_ok_and(|stat| !stat.contains(") Z "))
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_polls_keep_no_gate_waiting() {
    let place = place().await;
    let engine = place.engine(&place.store);
    let session = place.begin().await;
    start_all(&place, &engine, session, "poll", 8).await;
    passes_soon(&place, &engine, session, "release/well").await;
    engine.ending.cancel();
    engine.drain().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_asks_for_hours_keeps_no_other_waiting() {
    let place = place().await;
    let engine = place.engine(&place.store);
    let (busy, other) = (place.begin().await, place.begin().await);
    start_all(&place, &engine, busy, "sleep", 9).await;
    passes_soon(&place, &engine, other, "release/well").await;
    assert_eq!(asked(&place, "pid"), 8, "the ninth of one session still waits");
    engine.ending.cancel();
    engine.drain().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_is_cancelled_by_its_captain_and_its_program_ends() {
    let place = place().await;
    let engine = place.engine(&place.store);
    let session = place.begin().await;
    let runs = start_all(&place, &engine, session, "sleep", 1).await;
    let cancel = send_of(ClientCommand::CancelGate { run: runs[0] });
    let accepted = engine.command(session, cancel.clone()).await.unwrap();
    let Event::GateFinished { verdict, .. } = &accepted.events[0].event else {
        panic!("{accepted:?}")
    };
    assert_eq!(verdict.outcome, Outcome::Inconclusive);
    assert_eq!(verdict.summary, "Cancelled by Robin.");
    until(|| !is_alive(&place, 1)).await;
    idle(&engine).await;
    let log = place.log(session).await;
    assert_eq!(log.len(), 4, "start, start of the gate, its verdict, the hold: {log:?}");
    assert!(
        engine.command(session, cancel).await.unwrap().repeated,
        "the same wish is one effect"
    );
    let late = engine
        .command(session, send_of(ClientCommand::CancelGate { run: runs[0] }))
        .await;
    assert!(
        matches!(&late, Err(EngineError::Refused(refusal)) if refusal.code() == "not_running"),
        "{late:?}"
    );
    // The gate can be run again, and that run cancelled between two attempts or before its turn.
    start_all(&place, &engine, session, "poll", 1).await;
    let poll = state(&place, session).await.open_runs().next().unwrap().id;
    engine
        .command(session, send_of(ClientCommand::CancelGate { run: poll }))
        .await
        .unwrap();
    idle(&engine).await;
    assert_eq!(state(&place, session).await.open_runs().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_ends_what_runs() {
    let place = place().await;
    let engine = place.engine(&place.store);
    let session = place.begin().await;
    start_all(&place, &engine, session, "sleep", 9).await;
    let close = ClientCommand::Close {
        outcome: SessionOutcome::Abandoned,
        summary: String::new(),
    };
    engine.command(session, send_of(close)).await.unwrap();
    idle(&engine).await;
    until(|| (1..=9).all(|number| !is_alive(&place, number))).await;
    let state = state(&place, session).await;
    assert!(state.closed.is_some() && state.open_runs().count() == 0);
    assert_eq!(state.runs.len(), 9);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_ends_what_the_release_still_asks_and_has_its_turn() {
    let place = place().await;
    let engine = place.engine(&place.store);
    let session = place.begin().await;
    start_all(&place, &engine, session, "sleep", 9).await;
    let undo = StartSession {
        undoes: Some(session),
        procedure: "back".to_owned(),
        ..place.start()
    };
    engine.start(undo.clone()).await.unwrap();
    passes_soon(&place, &engine, undo.session, "back/back").await;
    idle(&engine).await;
    until(|| (1..=9).all(|number| !is_alive(&place, number))).await;
    assert_eq!(state(&place, session).await.open_runs().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_run_stops_even_if_the_proxy_did_not_hear_that_its_verdict_is_durable() {
    let place = place().await;
    let faulty = Faulty::new(&place.store);
    let engine = place.engine(&faulty.store());
    let session = place.begin().await;
    let runs = start_all(&place, &engine, session, "sleep", 1).await;
    faulty.lose_the_next_answer(super::faulty::AfterCommit::Error);
    let cancel = send_of(ClientCommand::CancelGate { run: runs[0] });
    engine.command(session, cancel).await.unwrap_err();
    until(|| !is_alive(&place, 1)).await;
    idle(&engine).await;
    assert_eq!(state(&place, session).await.open_runs().count(), 0);
}

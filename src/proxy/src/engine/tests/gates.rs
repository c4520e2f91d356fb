//! Gates of sessions that outlive a change: of `gates.toml`, of the clock, and of the session itself.

use chrono::TimeDelta;
use futures::StreamExt;
use holdpoint_domain::gate::{GateSnapshot, Outcome};
use holdpoint_domain::session::{Event, SessionOutcome, Started, State};
use holdpoint_domain::wire::BrowserObservation;

use super::faulty::AfterCommit;
use super::*;
use crate::engine::loaded_session::LoadedSession;

const CHECKS: &str = "# Checks\n\n## Release procedure\n<!-- holdpoint: procedure id=release kind=release order=any -->\n\n\
                      - [ ] Well <!-- holdpoint: id=well gate=well -->\n- [ ] Seen <!-- holdpoint: id=seen gate=seen -->\n\n\
                      ## Back procedure\n<!-- holdpoint: procedure id=back kind=rollback order=any -->\n\n- [ ] Put it back\n";

const GATES: &str = r#"
[environments.test]
title = "Test"
urls = { api = "http://127.0.0.1:1" }
private_addresses = true
variables = { word = "well" }

[environments.other]
title = "Other"
urls = { api = "http://127.0.0.1:1" }
variables = { word = "well" }

[gates.well]
title = "Well"
kind = "command"
command = { argv = ["/bin/sh", "-c", "echo $WORD"], env = { WORD = "{word}" } }
expect = [{ check = "exit_code", equals = 0 }]

[gates.seen]
title = "Seen"
kind = "http"
http = { url = "{url.api}/health" }
direct = "decides"
expect = [{ check = "status", equals = 200 }]
"#;

fn write_gates(place: &Place, gates: &str) {
    std::fs::write(place.dir.path().join("gates.toml"), gates).unwrap();
}

pub(super) async fn place() -> Place {
    let place = Place::of(CHECKS).await;
    write_gates(&place, GATES);
    place
}

async fn state(place: &Place, session: SessionId) -> State {
    State::fold(&place.log(session).await)
}

async fn run(place: &Place, engine: &Arc<Engine>, session: SessionId) -> State {
    let command = ClientCommand::RunGate {
        step: "release/well".to_owned(),
        gate: "well".to_owned(),
    };
    let asked = SendCommand {
        id: Uuid::now_v7(),
        actor: "Robin".to_owned(),
        command,
    };
    engine.command(session, asked).await.unwrap();
    idle(engine).await;
    state(place, session).await
}

async fn observe(place: &Place, engine: &Arc<Engine>, session: SessionId) -> State {
    let seen = BrowserObservation {
        status: Some(200),
        headers: std::collections::BTreeMap::new(),
        body: String::new(),
        latency_ms: 1,
        error: None,
    };
    let asked = SendObservation {
        id: Uuid::now_v7(),
        actor: "Robin".to_owned(),
        step: "release/seen".to_owned(),
        gate: "seen".to_owned(),
        seen,
    };
    engine.observe(session, asked).await.unwrap();
    state(place, session).await
}

/// Begins a session, changes `gates.toml`, and gives an engine that starts with the change.
async fn after(change: (&str, &str)) -> (Place, SessionId, Arc<Engine>) {
    let place = place().await;
    let session = place.begin().await;
    assert_eq!(GATES.matches(change.0).count(), 1, "{} is found once", change.0);
    write_gates(&place, &GATES.replace(change.0, change.1));
    let engine = place.engine(&place.store);
    (place, session, engine)
}

fn verdict<'a>(state: &'a State, step: &str) -> &'a Verdict {
    match step {
        "well" => state.last_verdict("release/well", "well").unwrap(),
        _ => &state.observed[&("release/seen".to_owned(), "seen".to_owned())].verdict,
    }
}

#[track_caller]
fn assert_does_not_count(verdict: &Verdict, gate: &str) {
    assert_eq!(verdict.outcome, Outcome::Inconclusive, "{verdict:?}");
    for words in [gate, "take it if it is right", "put the old declaration back"] {
        assert!(verdict.summary.contains(words), "{words}: {}", verdict.summary);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_that_asks_something_else_than_at_the_start_never_ticks() {
    for change in [
        ("echo $WORD", "echo all is $WORD"),
        ("env = { WORD", "folder = \".\", env = { WORD"),
        (
            "env = { WORD = \"{word}\" }",
            "env = { WORD = \"{word}\", MORE = \"x\" }",
        ),
        (
            "variables = { word = \"well\" }\n\n[environments.other]",
            "variables = { word = \"ill\" }\n\n[environments.other]",
        ),
        ("private_addresses = true", "private_addresses = true\nfolder = \"/\""),
        (
            "private_addresses = true",
            "private_addresses = true\nprograms = { \"/bin/sh\" = [\"/bin/true\"] }",
        ),
    ] {
        let (place, session, engine) = after(change).await;
        let state = run(&place, &engine, session).await;
        assert_does_not_count(verdict(&state, "well"), "“well”");
        assert!(state.done.is_empty(), "{change:?}");

        // With the declaration as it was, the same session goes on.
        write_gates(&place, GATES);
        let state = run(&place, &place.engine(&place.store), session).await;
        assert!(state.is_done("release/well"), "{change:?}: {:?}", state.runs);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_browser_saw_of_another_address_than_at_the_start_never_ticks() {
    for change in [
        ("{url.api}/health\"", "{url.api}/healthz\""),
        (
            "urls = { api = \"http://127.0.0.1:1\" }\nprivate",
            "urls = { api = \"http://127.0.0.1:2\" }\nprivate",
        ),
        (
            "private_addresses = true",
            "private_addresses = true\nhosts = [\"cdn.example\"]",
        ),
    ] {
        let (place, session, engine) = after(change).await;
        let state = observe(&place, &engine, session).await;
        let seen = verdict(&state, "seen");
        assert_does_not_count(seen, "“seen”");
        assert_eq!(seen.source, Source::Browser);
        assert!(state.done.is_empty(), "{change:?}");

        write_gates(&place, GATES);
        let state = observe(&place, &place.engine(&place.store), session).await;
        assert!(state.is_done("release/seen"), "{change:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_gate_takes_from_the_environment_holds_nobody_up() {
    let (place, session, engine) = after(("{url.api}/health\"", "{url.api}/healthz\"")).await;
    let state = run(&place, &engine, session).await;
    assert!(state.is_done("release/well"), "{:?}", state.runs);
    let kept = &state.started.as_ref().unwrap().gates["well"];
    assert_eq!(Some(&verdict(&state, "well").gate_digest), kept.digest.as_ref());
}

/// Starts a session as a version without digests recorded it.
async fn begin_without_digests(place: &Place) -> SessionId {
    let engine = place.engine(&place.store);
    let session = place.begin().await;
    let started = state(place, session).await.started.unwrap();
    let mut started = Started::clone(&started);
    let forget = |gate: &mut GateSnapshot| gate.digest = None;
    started.gates.values_mut().for_each(forget);
    let (id, session) = (Uuid::now_v7(), Uuid::now_v7());
    let asked = CommandRequest {
        id,
        digest: digest("an older version"),
        session,
        actor: person("Robin").unwrap(),
        command: Command::Start(Box::new(started)),
        undo: None,
    };
    engine.submit(asked).await.unwrap();
    session
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_kept_no_digests_is_compared_by_what_it_kept() {
    let place = place().await;
    let session = begin_without_digests(&place).await;
    let first = serde_json::to_value(&place.log(session).await[0]).unwrap();
    let well = &first["event"]["gates"]["well"];
    assert!(well.is_object() && well.get("digest").is_none(), "{first}");

    let weaker = GATES.replace("\"exit_code\", equals = 0", "\"exit_code\", one_of = [0, 3]");
    write_gates(&place, &weaker);
    let state = run(&place, &place.engine(&place.store), session).await;
    assert_does_not_count(verdict(&state, "well"), "“well”");
    assert!(state.done.is_empty());

    // What it did not keep cannot be compared.
    write_gates(&place, &GATES.replace("echo $WORD", "echo all is $WORD"));
    let state = run(&place, &place.engine(&place.store), session).await;
    assert!(state.is_done("release/well"), "{:?}", state.runs);
}

#[tokio::test(flavor = "multi_thread")]
async fn evidence_ages_by_the_clock_and_not_by_the_log() {
    let place = place().await;
    let session = place.begin().await;
    // The clock had jumped ahead once, so that the log will stand in the future for a year.
    let engine = place.engine(&place.store);
    let ahead = clock() + TimeDelta::days(365);
    let text = "The clock was wrong.".to_owned();
    let command = Uuid::now_v7();
    let mut loaded = LoadedSession::load(session, &*engine.store).await.unwrap();
    let events = vec![Event::NoteAdded {
        step: None,
        text,
        written: None,
    }];
    let part = loaded.push(events, &person("Robin").unwrap(), command, ahead).unwrap();
    let append = Append {
        command,
        digest: digest("a note"),
        parts: vec![part],
    };
    assert!(matches!(place.store.append(append).await, Ok(Appended::Durable)));

    let state = run(&place, &engine, session).await;
    assert!(
        state.is_done("release/well"),
        "a pass of just now is fresh: {:?}",
        state.runs
    );
    let records = place.log(session).await;
    assert!(
        records[2..].iter().all(|record| record.at >= ahead),
        "the log does not go back"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_is_started_where_the_release_was_and_nowhere_else() {
    let place = place().await;
    let session = place.begin().await;
    let engine = place.engine(&place.store);
    let undo = |environment: &str| StartSession {
        environment: environment.to_owned(),
        undoes: Some(session),
        procedure: "back".to_owned(),
        ..place.start()
    };
    let refused = engine.start(undo("other")).await;
    assert!(
        matches!(&refused, Err(EngineError::NotARollback { message }) if message.contains("“Test”")),
        "{refused:?}"
    );
    assert_eq!(place.log(session).await.len(), 1, "the release has no link to it");
    assert_eq!(place.store.sessions().await.unwrap().len(), 1, "and it did not begin");
    engine.start(undo("test")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_is_recorded_and_not_told_of_gets_a_verdict_and_reaches_viewers() {
    for lost in [AfterCommit::Error, AfterCommit::Panic] {
        let place = place().await;
        let session = place.begin().await;
        let faulty = Faulty::new(&place.store);
        let engine = place.engine(&faulty.store());
        let ending = CancellationToken::new();
        let viewer = crate::live::follow(&engine.hub, Arc::clone(&place.store), session, 1, ending);
        let viewer = tokio::spawn(viewer.take(2).collect::<Vec<_>>());
        until(|| engine.hub.viewers() == 1).await;
        faulty.lose_the_next_answer(lost);
        let command = ClientCommand::RunGate {
            step: "release/well".to_owned(),
            gate: "well".to_owned(),
        };
        engine.command(session, send_of(command.clone())).await.unwrap_err();
        // Nobody asks anything of the session in the meantime.
        let seen = tokio::time::timeout(Duration::from_secs(10), viewer).await;
        let seen = seen.expect("it ends by itself").unwrap();
        assert!(seen.iter().all(Result::is_ok), "{lost:?}: {seen:?}");
        let records = place.log(session).await;
        let Event::GateFinished { verdict, .. } = &records[2].event else {
            panic!("{lost:?}: {records:?}");
        };
        assert_eq!(verdict.outcome, Outcome::Inconclusive, "{lost:?}");
        assert!(verdict.summary.ends_with("Run the gate again."), "{}", verdict.summary);
        // It is as it was before, and the gate can be run.
        engine.command(session, send_of(command)).await.unwrap();
        engine.drain().await;
        assert!(state(&place, session).await.is_done("release/well"), "{lost:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_due_in_a_session_that_was_closed_in_the_meantime() {
    let place = place().await;
    let auto = "title = \"Well\"\nauto = true";
    write_gates(&place, &GATES.replace("title = \"Well\"", auto));
    // An engine that is ending starts nothing by itself.
    let ending = place.engine(&place.store);
    ending.ending.cancel();
    let (open, closed) = (place.start(), place.start());
    for start in [&open, &closed] {
        ending.start(start.clone()).await.unwrap();
    }
    let close = SendCommand {
        id: Uuid::now_v7(),
        actor: "Robin".to_owned(),
        command: ClientCommand::Close {
            outcome: SessionOutcome::Abandoned,
            summary: String::new(),
        },
    };
    ending.command(closed.session, close).await.unwrap();

    let engine = place.engine(&place.store);
    engine.start_due(closed.session).await;
    // It is not kept in memory, and no gate is being started.
    until(|| engine.registry.len() == 0 && engine.tasks.is_empty()).await;
    engine.start_due(open.session).await;
    assert!(!engine.tasks.is_empty(), "in an open session the same gate is due");
    engine.drain().await;
    assert!(state(&place, open.session).await.is_done("release/well"));
    assert_eq!(place.log(closed.session).await.len(), 2);
}

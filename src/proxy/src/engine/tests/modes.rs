//! Rehearsals and real sessions in one data folder: each is changed only by a proxy of its own mode.

use holdpoint_domain::gate::GateSnapshot;
use holdpoint_domain::session::{Event, Started};
use holdpoint_domain::wire::BrowserObservation;

use super::*;
use crate::engine::loaded_session::LoadedSession;

const CHECKS: &str = "# Checks\n\n## Release procedure\n<!-- holdpoint: procedure id=release kind=release order=any -->\n\n\
                      - [ ] Ready <!-- holdpoint: id=ready gate=ready -->\n- [ ] Seen <!-- holdpoint: id=seen gate=seen -->\n\n\
                      - [ ] By hand <!-- holdpoint: id=hand -->\n\n\
                      ## Back procedure\n<!-- holdpoint: procedure id=back kind=rollback order=any -->\n\n- [ ] Put it back\n";

const GATES: &str = r#"
[environments.test]
title = "Test"
urls = { api = "http://127.0.0.1:1" }
private_addresses = true

[gates.ready]
title = "Ready"
kind = "http"
auto = true
http = { url = "{url.api}/ready" }
expect = [{ check = "status", equals = 200 }]

[gates.seen]
title = "Seen"
kind = "http"
http = { url = "{url.api}/health" }
direct = true
expect = [{ check = "status", equals = 200 }]
"#;

/// A place with a session of each mode. A gate is due in both of them.
struct Both {
    place: Place,
    real: SessionId,
    rehearsal: SessionId,
}

impl Both {
    async fn new() -> Self {
        let place = Place::of(CHECKS).await;
        std::fs::write(place.dir.path().join("gates.toml"), GATES).unwrap();
        let begin = async |engine: Arc<Engine>| {
            // An engine that is ending starts no gate by itself.
            engine.ending.cancel();
            let start = place.start();
            engine.start(start.clone()).await.unwrap();
            start.session
        };
        let real = begin(place.engine(&place.store)).await;
        let rehearsal = begin(place.rehearsing().await).await;
        Self { place, real, rehearsal }
    }

    /// Each session with the engine of the other mode, and the word for the session's own.
    async fn crossed(&self) -> [(SessionId, Arc<Engine>, Mode); 2] {
        [
            (self.real, self.place.rehearsing().await, Mode::Real),
            (self.rehearsal, self.place.engine(&self.place.store), Mode::Rehearsal),
        ]
    }
}

#[track_caller]
fn assert_other_mode<T: std::fmt::Debug>(result: Result<T, EngineError>, mode: Mode) {
    match &result {
        Err(error @ EngineError::OtherMode(of)) if *of == mode => {
            let said = error.to_string();
            for words in [
                "can be read and exported",
                "start the proxy with",
                "start a new session",
            ] {
                assert!(said.contains(words), "{words}: {said}");
            }
        }
        _ => panic!("it is refused: {result:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_recorded_in_a_session_of_the_other_mode_and_all_of_it_is_read() {
    let both = Both::new().await;
    let place = &both.place;
    for (session, engine, mode) in both.crossed().await {
        let run = ClientCommand::RunGate {
            step: "release/ready".to_owned(),
            gate: "ready".to_owned(),
        };
        for command in [note("a note"), tick("release/hand"), send_of(run)] {
            assert_other_mode(engine.command(session, command).await, mode);
        }
        let seen = SendObservation {
            id: Uuid::now_v7(),
            actor: "Robin".to_owned(),
            step: "release/seen".to_owned(),
            gate: "seen".to_owned(),
            seen: BrowserObservation {
                status: Some(200),
                headers: std::collections::BTreeMap::new(),
                body: String::new(),
                latency_ms: 1,
                error: None,
            },
        };
        assert_other_mode(engine.observe(session, seen).await, mode);
        let undo = StartSession {
            procedure: "back".to_owned(),
            undoes: Some(session),
            ..place.start()
        };
        assert_other_mode(engine.start(undo.clone()).await, mode);
        assert_eq!(place.store.head(undo.session).await.unwrap(), None);

        assert_eq!(place.log(session).await.len(), 1, "{mode:?}");
        assert_eq!(engine.events(session, 0).await.unwrap().len(), 1);
        assert_eq!(engine.sessions(None).await.unwrap().len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_refused_by_the_undone_sessions_own_task_too() {
    let both = Both::new().await;
    for (session, engine, mode) in both.crossed().await {
        // The rollback's own start is of the engine's mode.
        let start = both.place.start();
        let mut started = Started::clone(&*engine.session_start(session).await.unwrap());
        started.rehearsal = !started.rehearsal;
        started.undoes = Some(session);
        let procedure = "back".to_owned();
        let link = Command::LinkRollback {
            session: start.session,
            procedure,
        };
        let asked = CommandRequest {
            id: start.command,
            digest: digest("a rollback"),
            session: start.session,
            actor: person("Robin").unwrap(),
            command: Command::Start(Box::new(started)),
            undo: Some(request::Undo { session, command: link }),
        };
        assert_other_mode(engine.submit(asked).await, mode);
        assert_eq!(both.place.log(session).await.len(), 1);
        assert_eq!(both.place.store.head(start.session).await.unwrap(), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_of_the_other_mode_is_refused() {
    let both = Both::new().await;
    for (session, engine, mode) in both.crossed().await {
        let started = Started::clone(&*engine.session_start(session).await.unwrap());
        let asked = CommandRequest {
            id: Uuid::now_v7(),
            digest: digest("a start"),
            session: Uuid::now_v7(),
            actor: person("Robin").unwrap(),
            command: Command::Start(Box::new(started)),
            undo: None,
        };
        assert_other_mode(engine.submit(asked).await, mode);
    }
}

/// Leaves a run open, as a proxy that was killed does.
async fn open_run(place: &Place, session: SessionId) {
    let mut loaded = LoadedSession::load(session, &*place.store).await.unwrap();
    let events = vec![Event::GateStarted {
        run: Uuid::now_v7(),
        step: "release/seen".to_owned(),
        gate: "seen".to_owned(),
        auto: false,
    }];
    let command = Uuid::now_v7();
    let part = loaded
        .push(events, &person("Robin").unwrap(), command, clock())
        .unwrap();
    let append = Append {
        command,
        digest: digest("a run"),
        parts: vec![part],
    };
    assert!(matches!(place.store.append(append).await, Ok(Appended::Durable)));
}

#[tokio::test(flavor = "multi_thread")]
async fn open_runs_and_due_gates_of_the_other_mode_are_left_alone() {
    // A run that is left open, or a gate that is due. Not both: the first one's verdict is a hold, on which nothing is due.
    for (direction, open) in [(0, true), (1, true), (0, false), (1, false)] {
        let both = Both::new().await;
        for session in [both.real, both.rehearsal].into_iter().filter(|_| open) {
            open_run(&both.place, session).await;
        }
        let crossed = both.crossed().await;
        let (session, engine, _) = &crossed[direction];
        let own = [both.rehearsal, both.real][direction];
        engine.recover().await.unwrap();
        engine.start_due(*session).await;
        let nowhere = engine.no_verdict(None, "seen", clock(), "lost");
        let finishing = engine.finish(*session, Uuid::now_v7(), nowhere);
        tokio::time::timeout(Duration::from_secs(5), finishing).await.unwrap();
        engine.drain().await;
        let finished = async |session| {
            let log = both.place.log(session).await;
            let verdicts = log.iter().filter(|one| matches!(one.event, Event::GateFinished { .. }));
            (log.len(), verdicts.count())
        };
        let expected = if open { (2, 0) } else { (1, 0) };
        assert_eq!(finished(*session).await, expected, "neither a verdict nor a due gate");
        assert_eq!(finished(own).await.1, 1, "its own is recovered or started");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stand_ins_answer_does_not_count_where_no_digest_was_kept() {
    let both = Both::new().await;
    for (engine, changed) in [
        (both.place.rehearsing().await, true),
        (both.place.engine(&both.place.store), false),
    ] {
        let mut started = Started::clone(&*engine.session_start(both.real).await.unwrap());
        let forget = |gate: &mut GateSnapshot| gate.digest = None;
        started.gates.values_mut().for_each(forget);
        let then = started.gates.get("ready");
        assert_eq!(engine.declaration_changed(&started, then, "ready"), changed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_not_started_for_real_where_only_rehearsals_are() {
    let place = Place::new().await;
    let gates = "[environments.test]\ntitle = \"Test\"\nrehearsal = true\n";
    std::fs::write(place.dir.path().join("gates.toml"), gates).unwrap();
    let refused = place.engine(&place.store).start(place.start()).await;
    assert!(
        matches!(&refused, Err(EngineError::NoEnvironment { name }) if name == "test"),
        "{refused:?}"
    );
    let start = place.start();
    place.rehearsing().await.start(start.clone()).await.unwrap();
    assert_eq!(place.store.head(start.session).await.unwrap(), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_is_told_what_there_is_to_see_in_its_own_rehearsal() {
    let both = Both::new().await;
    let engine = both.place.rehearsing().await;
    let rehearsal = Arc::clone(engine.rehearsal.as_ref().unwrap());
    let seen = engine.direct(both.rehearsal, "seen").await.unwrap();
    assert_eq!((seen.status, seen.error), (Some(200), None));
    assert!(seen.headers.contains_key("content-length"), "{:?}", seen.headers);
    for (fault, said) in [("refused", "closed without an answer"), ("302", "a redirect")] {
        rehearsal.set_fault(&format!("seen:{fault}"), true).await.unwrap();
        let seen = engine.direct(both.rehearsal, "seen").await.unwrap();
        assert_eq!(seen.status, None);
        assert!(
            seen.error.as_ref().is_some_and(|error| error.contains(said)),
            "{seen:?}"
        );
        rehearsal.set_fault(&format!("seen:{fault}"), false).await.unwrap();
    }
    for gate in ["ready", "nobody"] {
        let seen = engine.direct(both.rehearsal, gate).await.unwrap();
        assert!(
            seen.error.is_some_and(|error| error.contains("is no direct gate")),
            "{gate}"
        );
    }
    assert_other_mode(engine.direct(both.real, "seen").await, Mode::Real);
    let real = both.place.engine(&both.place.store);
    assert_other_mode(real.direct(both.rehearsal, "seen").await, Mode::Rehearsal);
}

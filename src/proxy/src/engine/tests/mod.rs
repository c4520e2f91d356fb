//! What must hold when the store is slow, shared or failing.

use futures::future::join_all;
use holdpoint_domain::session::{Actor, ClientCommand, CommandId, verify_records};
use holdpoint_domain::wire::StartSession;

mod briefs;
mod cancelling;
mod faulty;
mod gates;
mod history;
mod history_damage;
mod modes;
mod procedure_errors;
mod rollback;
mod start;
mod tasks;
mod unreadable;

use super::*;
use crate::data::{DataFolder, DataLock};
use crate::store::{Append, Appended, SqliteStore, StoreError};
use faulty::Faulty;

const DEMO: &str = "# Demo\n\n## Release procedure\n<!-- holdpoint: procedure id=release kind=release order=sequential -->\n\n\
                    ### STEP 1: FREEZE\n<!-- holdpoint: id=freeze -->\n\nScale to zero.\n";

struct Place {
    dir: tempfile::TempDir,
    _lock: DataLock,
    store: Arc<dyn Store>,
    runbook: &'static str,
}

impl Place {
    async fn new() -> Self {
        Self::of(DEMO).await
    }

    async fn of(runbook: &'static str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let folder = DataFolder::find(Some(dir.path().to_owned())).unwrap();
        let lock = folder.lock().unwrap();
        std::fs::write(dir.path().join("demo.md"), runbook).unwrap();
        std::fs::write(dir.path().join("gates.toml"), "[environments.test]\ntitle = \"Test\"\n").unwrap();
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&lock).await.unwrap());
        Self {
            dir,
            _lock: lock,
            store,
            runbook,
        }
    }

    fn engine(&self, store: &Arc<dyn Store>) -> Arc<Engine> {
        self.limited(store, LIMITS)
    }

    fn limited(&self, store: &Arc<dyn Store>, limits: Limits) -> Arc<Engine> {
        let config = Arc::new(Config::load(self.dir.path()).unwrap());
        let runner = Runner::new(Arc::clone(&config)).unwrap();
        Engine::with_limits(self.parts(store, config, runner, None), limits)
    }

    /// The engine of a proxy that rehearses the same folder on the same data.
    async fn rehearsing(&self) -> Arc<Engine> {
        let mut config = Config::load(self.dir.path()).unwrap();
        let file = crate::rehearsal::RehearsalFile::default();
        let folder = self.dir.path().join("rehearsal");
        let rehearsal = Rehearsal::start(&folder, &mut config.gates, file).await.unwrap();
        let (config, rehearsal) = (Arc::new(config), Arc::new(rehearsal));
        let runner = Runner::new(Arc::clone(&config)).unwrap();
        // No test here needs the stand-in program to be the right one.
        let runner = runner.rehearsing(Arc::clone(&rehearsal), "/bin/false".into());
        Engine::new(self.parts(&self.store, config, runner, Some(rehearsal)))
    }

    fn parts(
        &self,
        store: &Arc<dyn Store>,
        config: Arc<Config>,
        runner: Runner,
        rehearsal: Option<Arc<Rehearsal>>,
    ) -> EngineParts {
        EngineParts {
            store: Arc::clone(store),
            hub: Arc::default(),
            metrics: Arc::default(),
            library: Arc::new(Library::new(Arc::clone(&config))),
            runner,
            config,
            rehearsal,
            ending: CancellationToken::new(),
        }
    }

    /// What starts a session of the release.
    fn start(&self) -> StartSession {
        StartSession {
            command: Uuid::now_v7(),
            session: Uuid::now_v7(),
            runbook: "demo".to_owned(),
            digest: digest(self.runbook),
            procedure: "release".to_owned(),
            environment: "test".to_owned(),
            version: "v1".to_owned(),
            git_sha: "a1b2c3d4".to_owned(),
            captain: "Robin".to_owned(),
            undoes: None,
            drill: None,
            variables: std::collections::BTreeMap::new(),
        }
    }

    async fn begin(&self) -> SessionId {
        let start = self.start();
        let session = start.session;
        self.engine(&self.store).start(start).await.unwrap();
        session
    }

    /// The log, after it was found whole.
    async fn log(&self, session: SessionId) -> Vec<Record> {
        let records = all_events(&*self.store, session, 0).await.unwrap();
        let values: Vec<_> = records
            .iter()
            .map(|record| serde_json::to_value(record).unwrap())
            .collect();
        assert_eq!(verify_records(&values), Ok(()));
        records
    }
}

fn note(text: impl Into<String>) -> SendCommand {
    let text = text.into();
    send_of(ClientCommand::AddNote {
        step: None,
        text,
        written: None,
    })
}

fn tick(step: &str) -> SendCommand {
    let step = step.to_owned();
    send_of(ClientCommand::Tick { step })
}

fn send_of(command: ClientCommand) -> SendCommand {
    SendCommand {
        id: Uuid::now_v7(),
        actor: "Robin".to_owned(),
        command,
    }
}

/// Waits until something is so, at most ten seconds.
async fn until(is: impl Fn() -> bool) {
    let waiting = async {
        while !is() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), waiting).await.unwrap();
}

/// Waits until nothing is being done.
async fn idle(engine: &Engine) {
    until(|| engine.tasks.is_empty()).await;
}

/// Sends notes at the same time, and gives the ids of those that were acknowledged.
async fn send(engine: &Arc<Engine>, session: SessionId, count: usize) -> Vec<CommandId> {
    let notes: Vec<SendCommand> = (0..count).map(|number| note(format!("note {number}"))).collect();
    let sent = join_all(notes.iter().map(|note| engine.command(session, note.clone()))).await;
    notes
        .iter()
        .zip(sent)
        .filter(|(_, sent)| sent.is_ok())
        .map(|(note, _)| note.id)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_engines_on_one_store_decide_anew_and_leave_no_gap() {
    let place = Place::new().await;
    let session = place.begin().await;
    let (one, other) = (place.engine(&place.store), place.engine(&place.store));
    let mut rounds = 0;
    let mut sent = 0;
    while rounds < 10 {
        let (first, second) = tokio::join!(send(&one, session, 3), send(&other, session, 3));
        sent += first.len() + second.len();
        rounds += 1;
    }
    let records = place.log(session).await;
    assert_eq!(records.len(), 1 + sent);
    assert!(sent >= 30, "most of them get through: {sent}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_store_did_not_take_is_not_acknowledged_and_not_in_the_state() {
    let place = Place::new().await;
    let session = place.begin().await;
    let faulty = Faulty::new(&place.store);
    faulty.fail_when(|count| count % 3 == 2);
    let engine = place.engine(&faulty.store());
    let mut acknowledged = Vec::new();
    for _ in 0..10 {
        acknowledged.extend(send(&engine, session, 9).await);
    }
    let records = place.log(session).await;
    let there: Vec<CommandId> = records.iter().skip(1).map(|record| record.command).collect();
    assert_eq!(there.len(), acknowledged.len());
    assert!(acknowledged.iter().all(|id| there.contains(id)));
    assert!(
        (20..90).contains(&acknowledged.len()),
        "some were refused, and it went on: {}",
        acknowledged.len()
    );

    // A tick that was not taken can be sent again: it is not in the state, and its id is not used up.
    let command = tick("release/freeze");
    let mut failures = 0;
    while engine.command(session, command.clone()).await.is_err() {
        failures += 1;
        assert!(failures < 3);
    }
    assert!(engine.command(session, command).await.unwrap().repeated);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_who_goes_away_does_not_stop_what_is_on_its_way() {
    let place = Place::new().await;
    let session = place.begin().await;
    let engine = place.engine(&place.store);
    let notes: Vec<SendCommand> = (0..20).map(|number| note(format!("note {number}"))).collect();
    for note in &notes {
        // Polled once or not at all, and dropped: as a client that closes its connection.
        let sending = engine.command(session, note.clone());
        drop(tokio::time::timeout(std::time::Duration::from_micros(300), sending).await);
    }
    idle(&engine).await;
    let records = place.log(session).await;
    for note in &notes {
        let times = records.iter().filter(|record| record.command == note.id).count();
        assert!(times <= 1);
        let again = engine.command(session, note.clone()).await.unwrap();
        assert_eq!(again.repeated, times == 1, "the engine and the log agree");
    }
}

#[test]
fn the_body_is_what_counts_and_not_how_it_was_written() {
    let id = Uuid::now_v7();
    let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    let one = body_digest("command", id, &read(r#"{"a": 1, "b": 2}"#)).unwrap();
    assert_eq!(one, body_digest("command", id, &read(r#"{ "b":2,"a":1 }"#)).unwrap());
    assert_ne!(one, body_digest("command", id, &read(r#"{"a": 1, "b": 3}"#)).unwrap());
    assert_ne!(one, body_digest("start", id, &read(r#"{"a": 1, "b": 2}"#)).unwrap());
    assert_ne!(
        one,
        body_digest("command", Uuid::now_v7(), &read(r#"{"a": 1, "b": 2}"#)).unwrap()
    );
}

#[test]
fn actors_have_names() {
    assert_eq!(
        person("  Robin Q.  ").unwrap(),
        Actor::Person {
            name: "Robin Q.".to_owned()
        }
    );
    for wrong in [
        "",
        "   ",
        "a\u{7}b",
        "a\nb",
        "Holdpoint",
        " HOLDpoint ",
        &"x".repeat(101),
    ] {
        assert!(person(wrong).is_err(), "{wrong:?}");
    }
}

//! What must hold when the store is slow, shared or failing.

use std::sync::atomic::{AtomicU64, Ordering};

use futures::FutureExt;
use futures::future::{BoxFuture, join_all};
use holdpoint_domain::session::{ClientCommand, verify_records};
use holdpoint_domain::wire::StartSession;

mod gates;
mod start;
mod unreadable;

use super::*;
use crate::data::DataFolder;
use crate::store::{Append, Appended, Known, SecretKind, SessionRow, SqliteStore, StoreError};

const DEMO: &str = "# Demo\n\n## Release procedure\n<!-- holdpoint: procedure id=release kind=release order=sequential -->\n\n\
                    ### STEP 1: FREEZE\n<!-- holdpoint: id=freeze -->\n\nScale to zero.\n";

/// A store that does not take every third append.
struct Failing {
    inner: Arc<dyn Store>,
    count: AtomicU64,
}

impl Store for Failing {
    fn append(&self, append: Append) -> BoxFuture<'static, Result<Appended, StoreError>> {
        if self.count.fetch_add(1, Ordering::Relaxed) % 3 == 2 {
            let failed = StoreError::Failed {
                reason: "the disk is full".to_owned(),
            };
            return async move {
                tokio::task::yield_now().await;
                Err(failed)
            }
            .boxed();
        }
        self.inner.append(append)
    }

    fn exists(&self, session: SessionId) -> BoxFuture<'_, Result<bool, StoreError>> {
        self.inner.exists(session)
    }

    fn events(&self, session: SessionId, after: u64, limit: u32) -> BoxFuture<'_, Result<Vec<Record>, StoreError>> {
        self.inner.events(session, after, limit)
    }

    fn command(&self, id: CommandId) -> BoxFuture<'_, Result<Option<Known>, StoreError>> {
        self.inner.command(id)
    }

    fn sessions(&self) -> BoxFuture<'_, Result<Vec<SessionRow>, StoreError>> {
        self.inner.sessions()
    }

    fn keep_secret(&self, kind: SecretKind, hash: String, expires: i64) -> BoxFuture<'_, Result<(), StoreError>> {
        self.inner.keep_secret(kind, hash, expires)
    }

    fn use_link(&self, hash: String, now: i64) -> BoxFuture<'_, Result<bool, StoreError>> {
        self.inner.use_link(hash, now)
    }

    fn cookie(&self, hash: String, now: i64) -> BoxFuture<'_, Result<Option<i64>, StoreError>> {
        self.inner.cookie(hash, now)
    }

    fn ready(&self) -> BoxFuture<'_, Result<(), StoreError>> {
        self.inner.ready()
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        self.inner.close()
    }
}

struct Place {
    dir: tempfile::TempDir,
    store: Arc<dyn Store>,
    runbook: &'static str,
}

impl Place {
    async fn new() -> Self {
        Self::of(DEMO).await
    }

    async fn of(runbook: &'static str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("demo.md"), runbook).unwrap();
        std::fs::write(dir.path().join("gates.toml"), "[environments.test]\ntitle = \"Test\"\n").unwrap();
        let lock = DataFolder::find(Some(dir.path().to_owned())).unwrap().lock().unwrap();
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&lock).await.unwrap());
        Self { dir, store, runbook }
    }

    fn engine(&self, store: &Arc<dyn Store>) -> Arc<Engine> {
        let config = Arc::new(Config::load(self.dir.path()).unwrap());
        Engine::new(Parts {
            store: Arc::clone(store),
            hub: Arc::default(),
            metrics: Arc::default(),
            library: Arc::new(Library::new(Arc::clone(&config))),
            runner: Runner::new(Arc::clone(&config)).unwrap(),
            config,
            rehearsal: None,
            ending: CancellationToken::new(),
        })
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

fn note(text: String) -> SendCommand {
    let command = ClientCommand::AddNote { step: None, text };
    SendCommand {
        id: Uuid::now_v7(),
        actor: "Robin".to_owned(),
        command,
    }
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
    let failing: Arc<dyn Store> = Arc::new(Failing {
        inner: Arc::clone(&place.store),
        count: AtomicU64::new(0),
    });
    let engine = place.engine(&failing);
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
    let tick = ClientCommand::Tick {
        step: "release/freeze".to_owned(),
    };
    let command = SendCommand {
        id: Uuid::now_v7(),
        actor: "Robin".to_owned(),
        command: tick,
    };
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
    engine.drain().await;
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

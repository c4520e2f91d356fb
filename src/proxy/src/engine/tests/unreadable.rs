//! A session that cannot be read harms no other.

use sqlx::SqlitePool;
use sqlx::sqlite::SqliteConnectOptions;

use holdpoint_domain::session::{Event, SessionOutcome};

use super::*;
use crate::engine::loaded_session::LoadedSession;
use crate::store::DATABASE_FILE;

impl Place {
    /// Changes a row behind the proxy's back, as a damaged disk would.
    pub(super) async fn damage(&self, statement: &'static str, session: SessionId) {
        let options = SqliteConnectOptions::new().filename(self.dir.path().join(DATABASE_FILE));
        let pool = SqlitePool::connect_with(options).await.unwrap();
        sqlx::query("DROP TRIGGER IF EXISTS events_are_not_changed")
            .execute(&pool)
            .await
            .unwrap();
        sqlx::query("DROP TRIGGER IF EXISTS events_are_not_deleted")
            .execute(&pool)
            .await
            .unwrap();
        let done = sqlx::query(statement)
            .bind(session.hyphenated())
            .execute(&pool)
            .await
            .unwrap();
        assert!(done.rows_affected() > 0, "{statement}");
        pool.close().await;
    }

    /// Writes what no reader can read, as a damaged disk or a newer program would: an event of a session, of one that is
    /// there or not.
    pub(super) async fn spoil(&self, session: &str, seq: i64) {
        let options = SqliteConnectOptions::new().filename(self.dir.path().join(DATABASE_FILE));
        let pool = SqlitePool::connect_with(options).await.unwrap();
        let row = "INSERT INTO sessions (id, started, last_seq, closed) VALUES (?, '2020-01-01T00:00:00.000Z', ?, 0) \
                   ON CONFLICT (id) DO UPDATE SET last_seq = excluded.last_seq";
        sqlx::query(row).bind(session).bind(seq).execute(&pool).await.unwrap();
        let event = "INSERT INTO events VALUES (?, ?, '{\"type\": \"from tomorrow\"}', 'none')";
        sqlx::query(event).bind(session).bind(seq).execute(&pool).await.unwrap();
        pool.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_cannot_be_read_says_so_and_the_others_go_on() {
    let place = Place::new().await;
    let (first, bad, last) = (place.begin().await, place.begin().await, place.begin().await);
    let startless = Uuid::now_v7();
    place.spoil(&bad.to_string(), 2).await;
    place.spoil(&startless.to_string(), 1).await;
    place.spoil("no id at all", 1).await;

    let engine = place.engine(&place.store);
    engine.recover().await.unwrap();
    for _ in 0..2 {
        let list = engine.sessions(None).await.unwrap();
        let list: Vec<(SessionId, bool)> = list.iter().map(|one| (one.id, one.unreadable)).collect();
        assert_eq!(list, [(last, false), (bad, true), (first, false), (startless, true)]);
    }
    for session in [first, last] {
        engine.command(session, note("it goes on".to_owned())).await.unwrap();
    }
    for session in [bad, startless] {
        let read = engine.events(session, 0).await;
        assert!(
            matches!(read, Err(EngineError::Store(StoreError::Unreadable { .. }))),
            "{read:?}"
        );
        let sent = engine.command(session, note("it does not".to_owned())).await;
        assert!(
            matches!(sent, Err(EngineError::Store(StoreError::Unreadable { .. }))),
            "{sent:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whether_a_session_is_there_is_asked_without_reading_it() {
    let place = Place::new().await;
    let (there, bad) = (place.begin().await, Uuid::now_v7());
    place.spoil(&bad.to_string(), 1).await;
    let engine = place.engine(&place.store);
    engine.must_have(there, 1).await.unwrap();
    engine.must_have(bad, 0).await.unwrap();
    assert!(engine.events(there, 9).await.unwrap().is_empty());
    for beyond in [2, u64::MAX] {
        let asked = engine.must_have(there, beyond).await;
        assert!(
            matches!(asked, Err(EngineError::BeyondEnd { head: 1, .. })),
            "{asked:?}"
        );
    }
    let nowhere = Uuid::now_v7();
    for asked in [
        engine.must_have(nowhere, 0).await.err(),
        engine.events(nowhere, 9).await.err(),
    ] {
        assert!(
            matches!(asked, Some(EngineError::NoSession { session }) if session == nowhere),
            "{asked:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verdict_of_a_session_that_cannot_be_read_is_not_tried_for_ever() {
    let place = Place::new().await;
    let session = place.begin().await;
    place.spoil(&session.to_string(), 2).await;
    let engine = place.engine(&place.store);
    let verdict = engine.no_verdict(None, "gate", clock(), "lost");
    let finishing = engine.finish(session, Uuid::now_v7(), verdict);
    tokio::time::timeout(std::time::Duration::from_secs(5), finishing)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_usual_is_not_known_when_the_store_does_not_answer() {
    let place = Place::new().await;
    let session = place.begin().await;
    let engine = place.engine(&place.store);
    let log = place.log(session).await;
    place.store.close().await;
    assert!(engine.sessions(None).await.is_err());
    assert_eq!(engine.usual(&log).await, None);
    assert_eq!(engine.rollback_of(session).await, None);
}

/// Ways in which a session's row or events can be wrong, each of which leaves the session unreadable. `?` is the session.
const DAMAGES: [&str; 16] = [
    "UPDATE events SET record = '{' WHERE session = ? AND seq = 2",
    "UPDATE events SET record = '' WHERE session = ? AND seq = 1",
    "UPDATE events SET record = CAST(x'ff00fe' AS TEXT) WHERE session = ? AND seq = 2",
    "UPDATE events SET record = json_set(record, '$.v', 9) WHERE session = ? AND seq = 2",
    "UPDATE events SET record = json_set(record, '$.event.type', 'from_tomorrow') WHERE session = ? AND seq = 2",
    "UPDATE events SET record = json_set(record, '$.seq', 7) WHERE session = ? AND seq = 2",
    "UPDATE events SET record = json_set(record, '$.at', 'yesterday') WHERE session = ? AND seq = 2",
    "UPDATE events SET record = json_set(record, '$.prev', 'none') WHERE session = ? AND seq = 2",
    "UPDATE events SET hash = 'none' WHERE session = ? AND seq = 3",
    "DELETE FROM events WHERE session = ? AND seq = 2",
    "DELETE FROM events WHERE session = ? AND seq = 3",
    "DELETE FROM events WHERE session = ?",
    "UPDATE sessions SET last_seq = 2 WHERE id = ?",
    "UPDATE sessions SET last_seq = 9 WHERE id = ?",
    "UPDATE sessions SET last_seq = 0, progress_seq = 0 WHERE id = ?",
    "UPDATE sessions SET last_seq = -1 WHERE id = ?",
];

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_wrong_with_one_session_the_others_start_list_run_and_are_read() {
    let place = Place::new().await;
    let good = place.begin().await;
    let engine = place.engine(&place.store);
    let mut damaged = Vec::new();
    for damage in DAMAGES {
        let session = place.begin().await;
        for text in ["second", "third"] {
            engine.command(session, note(text)).await.unwrap();
        }
        damaged.push((damage, session));
    }
    for (damage, session) in &damaged {
        place.damage(damage, *session).await;
    }
    // What the list keeps of two more cannot be read, though their events can.
    let (briefless, idless) = (place.begin().await, place.begin().await);
    place
        .damage(
            "UPDATE sessions SET brief = CAST(x'ff' AS TEXT) WHERE id = ?",
            briefless,
        )
        .await;
    place
        .damage(
            "UPDATE sessions SET progress = 'x', started = CAST(x'ff' AS TEXT) WHERE id = ?",
            idless,
        )
        .await;
    place.spoil("\u{fffd}", 1).await;

    // A proxy starts on it anew.
    place.store.close().await;
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&place._lock).await.unwrap());
    let engine = place.engine(&store);
    engine.recover().await.unwrap();
    for (damage, session) in &damaged {
        let sent = engine.command(*session, note("it does not")).await;
        assert!(
            matches!(sent, Err(EngineError::Store(StoreError::Unreadable { .. }))),
            "{damage}: {sent:?}"
        );
        // What an export is made of.
        let read = engine.events(*session, 0).await;
        assert!(
            matches!(read, Err(EngineError::Store(StoreError::Unreadable { .. }))),
            "{damage}: {read:?}"
        );
    }
    let list = engine.sessions(None).await.unwrap();
    assert_eq!(list.len(), damaged.len() + 3);
    for brief in &list {
        let known = damaged.iter().find(|(_, session)| *session == brief.id);
        assert_eq!(brief.unreadable, known.is_some(), "{known:?}: {brief:?}");
    }
    let told = format!("holdpoint_sessions_unreadable {}", damaged.len());
    assert!(engine.metrics.render(0, 0).contains(&told));
    for session in [good, briefless, idless] {
        engine.command(session, note("it goes on")).await.unwrap();
        assert!(!engine.events(session, 0).await.unwrap().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_session_that_lost_events_is_unreadable_in_the_list_before_anybody_opens_it() {
    let place = Place::new().await;
    let (good, bad) = (place.begin().await, place.begin().await);
    let engine = place.engine(&place.store);
    let (outcome, summary) = (SessionOutcome::Abandoned, String::new());
    for session in [good, bad] {
        let close = ClientCommand::Close {
            outcome,
            summary: summary.clone(),
        };
        engine.command(session, send_of(close)).await.unwrap();
    }
    place.damage("DELETE FROM events WHERE session = ?", bad).await;
    let marked = async |engine: &Arc<Engine>| {
        let list = engine.sessions(None).await.unwrap();
        let list: Vec<(SessionId, bool)> = list.iter().map(|brief| (brief.id, brief.unreadable)).collect();
        assert_eq!(list, [(bad, true), (good, false)]);
    };
    marked(&place.engine(&place.store)).await;
    place.store.close().await;
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&place._lock).await.unwrap());
    let engine = place.engine(&store);
    engine.recover().await.unwrap();
    marked(&engine).await;
    for asked in [engine.events(bad, 0).await.map(drop), engine.must_have(bad, 0).await] {
        assert!(
            matches!(asked, Err(EngineError::Store(StoreError::Unreadable { session, .. })) if session == bad),
            "{asked:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_the_file_that_is_damaged_is_an_error_of_the_session_on_it() {
    let place = Place::new().await;
    let (good, bad) = (place.begin().await, place.begin().await);
    let engine = place.engine(&place.store);
    // Events that are long enough for pages of their own.
    let text = "holdpoint ".repeat(900);
    engine.command(bad, note(text.clone())).await.unwrap();
    place.store.close().await;
    let path = place.dir.path().join(DATABASE_FILE);
    let mut bytes = std::fs::read(&path).unwrap();
    // An overflow page begins with the number of the next one, which is small here or 0.
    let piece = &text.as_bytes()[..1000];
    let mut damaged = 0;
    for page in bytes.chunks_mut(4096) {
        if page[0] == 0 && page.windows(1000).any(|window| window == piece) {
            page[..4].copy_from_slice(&[0xff; 4]);
            damaged += 1;
        }
    }
    assert!(damaged > 0, "there are overflow pages");
    std::fs::write(&path, bytes).unwrap();

    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&place._lock).await.unwrap());
    let engine = place.engine(&store);
    engine.recover().await.unwrap();
    let read = engine.events(bad, 0).await;
    assert!(
        matches!(read, Err(EngineError::Store(StoreError::Unreadable { session, .. })) if session == bad),
        "{:?}",
        read.map(|records| records.len())
    );
    engine.command(good, note("it goes on")).await.unwrap();
    let list = engine.sessions(None).await.unwrap();
    assert!(
        list.iter().all(|brief| brief.unreadable == (brief.id == bad)),
        "{list:?}"
    );
}

/// Records the start of a run that nobody runs.
async fn leave_a_run_open(place: &Place, session: SessionId) {
    let mut loaded = LoadedSession::load(session, &*place.store).await.unwrap();
    let (command, gate) = (Uuid::now_v7(), "well".to_owned());
    let step = format!("release/{gate}");
    let events = vec![Event::GateStarted {
        run: Uuid::now_v7(),
        step,
        gate,
        auto: false,
    }];
    let part = loaded.push(events, &Actor::Proxy, command, clock()).unwrap();
    let append = Append {
        command,
        digest: digest("a run"),
        parts: vec![part],
    };
    assert!(matches!(place.store.append(append).await, Ok(Appended::Durable)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_to_which_nothing_can_be_appended_holds_up_no_other_s_recovery() {
    let place = super::gates::place().await;
    // The newest is seen to first.
    let (open, stuck) = (place.begin().await, place.begin().await);
    for session in [stuck, open] {
        leave_a_run_open(&place, session).await;
    }
    place.store.close().await;
    let opened: Arc<dyn Store> = Arc::new(SqliteStore::open(&place._lock).await.unwrap());
    let faulty = Faulty::new(&opened);
    faulty.crowd(stuck);
    let store = faulty.store();
    let engine = place.engine(&store);
    let recovering = Arc::clone(&engine);
    let recovering = tokio::spawn(async move { recovering.recover().await });
    let finished = async || {
        let records = all_events(&*store, open, 0).await.unwrap();
        records
            .iter()
            .any(|record| matches!(record.event, Event::GateFinished { .. }))
    };
    let waiting = async {
        while !finished().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), waiting).await.unwrap();
    assert!(!recovering.is_finished(), "the other one is still tried");
    engine.ending.cancel();
    recovering.await.unwrap().unwrap();
}

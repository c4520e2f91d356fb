//! A session that cannot be read harms no other.

use sqlx::SqlitePool;
use sqlx::sqlite::SqliteConnectOptions;

use super::*;
use crate::store::DATABASE_FILE;

impl Place {
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
async fn a_session_that_cannot_be_read_is_left_out_and_the_others_go_on() {
    let place = Place::new().await;
    let (first, bad, last) = (place.begin().await, place.begin().await, place.begin().await);
    let startless = Uuid::now_v7();
    place.spoil(&bad.to_string(), 2).await;
    place.spoil(&startless.to_string(), 1).await;
    place.spoil("no id at all", 1).await;

    let engine = place.engine(&place.store);
    engine.recover().await.unwrap();
    for _ in 0..2 {
        let list: Vec<SessionId> = engine.sessions().await.unwrap().iter().map(|one| one.id).collect();
        assert_eq!(list, [last, first]);
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
async fn what_is_usual_is_not_known_when_there_is_no_list() {
    let place = Place::new().await;
    let session = place.begin().await;
    let engine = place.engine(&place.store);
    place.store.close().await;
    assert!(engine.sessions().await.is_err());
    assert_eq!(engine.usual(session).await, None);
}

//! What is wrong with one session, or with a table or an index beside the events, hides no other session and stops no event.

use holdpoint_domain::session::SessionOutcome;
use holdpoint_domain::wire::{OutcomeFilter, SessionFilter};

use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;

use super::history::{BOOK, close, db, does, found, outcome, person, session, text};
use super::*;
use crate::store::{DATABASE_FILE, DigestPart, KeptDigest};

/// Ways in which what is kept for the search can be wrong.
const DAMAGES: [&str; 7] = [
    "UPDATE sessions SET brief = CAST(x'ff00' AS TEXT), progress = '{' WHERE id = (SELECT min(id) FROM sessions)",
    "DELETE FROM histories WHERE session = (SELECT min(id) FROM sessions)",
    "UPDATE histories SET runbook = CAST(x'ff00fe' AS TEXT), kind = 'from tomorrow' WHERE session = (SELECT min(id) FROM sessions)",
    "UPDATE session_digests SET digest = CAST(x'ff00fe' AS TEXT) WHERE session = (SELECT min(id) FROM sessions)",
    "UPDATE session_digests SET digest = '{}' WHERE session = (SELECT min(id) FROM sessions)",
    "UPDATE session_texts SET text = CAST(x'ff00fe' AS TEXT) WHERE session = (SELECT min(id) FROM sessions)",
    "UPDATE session_people SET name = CAST(x'ff00fe' AS TEXT) WHERE session = (SELECT min(id) FROM sessions)",
];

#[tokio::test(flavor = "multi_thread")]
async fn no_damage_in_one_session_hides_another() {
    for damage in DAMAGES {
        let place = Place::of(BOOK).await;
        session(&place, "the bad one", true).await;
        let good = session(&place, "the good one", true).await;
        does(&place, damage).await;
        let engine = place.engine(&place.store);
        for filter in [text("good"), outcome(OutcomeFilter::Completed), person("robin")] {
            let found = found(&place.store, &filter).await;
            assert!(found.contains(&good), "{damage}, {filter:?}");
        }
        let figures = engine.statistics(SessionFilter::default()).await.unwrap().real.unwrap();
        assert_eq!(figures.sessions, 2, "{damage}");
        assert!(figures.completed >= 1, "{damage}");
        assert_eq!(figures.completed + figures.unreadable, 2, "{damage}");
        assert!(engine.choices().await.is_ok(), "{damage}");
        assert!(engine.usual(&place.log(good).await[..1]).await.is_none(), "{damage}");
    }
}

/// A store of the same folder, opened anew.
async fn reopened(place: Place) -> (tempfile::TempDir, Arc<dyn Store>) {
    place.store.close().await;
    let Place { dir, _lock: lock, .. } = place;
    let store = SqliteStore::open(&lock).await.unwrap();
    (dir, Arc::new(store))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_made_when_the_database_is_opened() {
    for lost in [
        "DELETE FROM histories; DELETE FROM session_people; DELETE FROM session_digests; DELETE FROM session_texts;",
        "UPDATE histories SET made_by = 0; DELETE FROM session_people; DELETE FROM session_digests;",
        "UPDATE session_digests SET digest = '{';",
        "UPDATE histories SET outcome = NULL;",
        "DROP TRIGGER session_texts_are_indexed;",
        "DROP TABLE session_words;",
        "INSERT INTO session_words (session_words) VALUES ('delete-all');",
    ] {
        let place = Place::of(BOOK).await;
        let id = session(&place, "It was the load balancer.", true).await;
        let filters = [
            text("balancer well"),
            person("robin"),
            outcome(OutcomeFilter::Completed),
        ];
        let digests = place
            .store
            .digests(SessionFilter::default(), None, 9, DigestPart::Whole)
            .await
            .unwrap();
        does(&place, lost).await;
        let (_dir, store) = reopened(place).await;
        for filter in &filters {
            assert_eq!(found(&store, filter).await, [id], "{lost}, {filter:?}");
        }
        assert_eq!(
            store
                .digests(SessionFilter::default(), None, 9, DigestPart::Whole)
                .await
                .unwrap(),
            digests,
            "{lost}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_index_of_words_hides_nothing_and_stops_no_event() {
    let place = Place::of(BOOK).await;
    let id = session(&place, "It was the load balancer.", false).await;
    does(&place, "UPDATE session_words_data SET block = x'00ff00ff00ff00ff';").await;
    assert_eq!(found(&place.store, &text("balancer")).await, [id]);
    let engine = place.engine(&place.store);
    engine.command(id, note("And the firewall.")).await.unwrap();
    assert_eq!(found(&place.store, &text("firewall balancer")).await, [id]);
    let (_dir, store) = reopened(place).await;
    assert_eq!(found(&store, &text("firewall bal")).await, [id]);
    assert!(found(&store, &text("irewall")).await.is_empty(), "by the index again");
}

/// Overwrites the first page of a table or an index in the file, as a damaged disk would, and lets every connection see it.
async fn break_page(place: &Place, name: &str) {
    use std::io::{Seek, SeekFrom, Write};

    let mut db = db(place).await;
    let (busy, _, _): (i64, i64, i64) = sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)")
        .fetch_one(&mut db)
        .await
        .unwrap();
    assert_eq!(busy, 0);
    let (page, size): (i64, i64) =
        sqlx::query_as("SELECT rootpage, page_size FROM sqlite_schema, pragma_page_size WHERE name = ?")
            .bind(name)
            .fetch_one(&mut db)
            .await
            .unwrap();
    let file = place.dir.path().join(DATABASE_FILE);
    let mut file = std::fs::OpenOptions::new().write(true).open(file).unwrap();
    let start = (page - 1) * size;
    file.seek(SeekFrom::Start(start.unsigned_abs())).unwrap();
    file.write_all(&vec![0xa5; usize::try_from(size).unwrap()]).unwrap();
    file.sync_all().unwrap();
    let another = "INSERT OR REPLACE INTO writer_trial (id, bytes) VALUES (1, x'00'); DELETE FROM writer_trial;";
    sqlx::raw_sql(another).execute(&mut db).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_table_beside_the_events_stops_no_event_and_is_made_anew() {
    for table in [
        "histories",
        "session_people",
        "session_texts",
        "session_digests",
        "session_words_data",
    ] {
        let place = Place::of(BOOK).await;
        let before = session(&place, "the one before", true).await;
        let id = place.begin().await;
        let engine = place.engine(&place.store);
        break_page(&place, table).await;
        let sam = SendCommand {
            actor: "Sam Lee".to_owned(),
            ..note("It was the load balancer.")
        };
        engine.command(id, sam).await.expect(table);
        engine.command(id, tick("release/one")).await.expect(table);
        let closing = close(SessionOutcome::Completed, "well done");
        engine.command(id, closing).await.expect(table);
        let (dir, store) = reopened(place).await;
        assert_eq!(found(&store, &text("balancer well")).await, [id], "{table}");
        assert_eq!(found(&store, &person("sam")).await, [id], "{table}");
        assert_eq!(
            found(&store, &outcome(OutcomeFilter::Completed)).await,
            [id, before],
            "{table}"
        );
        let digests = store
            .digests(SessionFilter::default(), None, 9, DigestPart::Whole)
            .await
            .unwrap();
        assert!(
            digests.iter().all(|one| matches!(one.digest, KeptDigest::Read(_))),
            "{table}"
        );
        store.close().await;
        let mut db = SqliteConnectOptions::new()
            .filename(dir.path().join(DATABASE_FILE))
            .connect()
            .await
            .unwrap();
        let version: i64 = sqlx::query_scalar("PRAGMA user_version")
            .fetch_one(&mut db)
            .await
            .unwrap();
        assert_eq!(version, 0, "{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_index_of_rollbacks_hides_no_rollback() {
    for index in ["rollbacks", "histories"] {
        let place = Place::of(BOOK).await;
        let (other, undone) = (
            session(&place, "other", true).await,
            session(&place, "undone", true).await,
        );
        let undo = StartSession {
            procedure: "back".to_owned(),
            undoes: Some(undone),
            ..place.start()
        };
        place.engine(&place.store).start(undo.clone()).await.unwrap();
        break_page(&place, index).await;
        // One that is started while nothing can be written there is known all the same.
        let second = StartSession {
            procedure: "back".to_owned(),
            undoes: Some(other),
            ..place.start()
        };
        for (session, rollback) in [(undone, Some(undo.session)), (other, None)] {
            assert_eq!(place.store.rollback_of(session).await.unwrap(), rollback, "{index}");
        }
        place.engine(&place.store).start(second.clone()).await.unwrap();
        assert_eq!(
            place.store.rollback_of(other).await.unwrap(),
            Some(second.session),
            "{index}"
        );
        let (_dir, store) = reopened(place).await;
        for (session, rollback) in [(undone, undo.session), (other, second.session)] {
            assert_eq!(store.rollback_of(session).await.unwrap(), Some(rollback), "{index}");
        }
    }
}

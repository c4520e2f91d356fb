//! What every store must do.

use chrono::{DateTime, TimeDelta, Utc};
use holdpoint_domain::session::{Actor, EVENT_VERSION, Event, GENESIS, seal};
use sqlx::ConnectOptions;
use uuid::Uuid;

mod rows;

use super::*;
use crate::data::{DataFolder, DataLock};

fn lock(dir: &tempfile::TempDir) -> DataLock {
    folder(dir).lock().unwrap()
}

fn folder(dir: &tempfile::TempDir) -> DataFolder {
    DataFolder::find(Some(dir.path().to_owned())).unwrap()
}

async fn store() -> (tempfile::TempDir, SqliteStore) {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&lock(&dir)).await.unwrap();
    (dir, store)
}

/// Notes after an event with this hash. Their text and time are always the same, so that a test can make a chain piece by piece.
fn notes_after(prev: &str, session: SessionId, first: u64, count: u64, command: CommandId) -> SessionAppend {
    let mut prev = prev.to_owned();
    let record = |seq| {
        let mut record = Record {
            v: EVENT_VERSION,
            session,
            seq,
            at: DateTime::UNIX_EPOCH,
            actor: Actor::Proxy,
            command: Uuid::nil(),
            event: Event::NoteAdded {
                step: None,
                text: format!("note {seq}"),
                written: None,
            },
            prev: String::new(),
            hash: String::new(),
        };
        seal(&mut record, &prev).unwrap();
        record.hash.clone_into(&mut prev);
        record.command = command;
        record
    };
    let records = (first..first + count).map(record).collect();
    SessionAppend::new(session, records).unwrap()
}

/// Notes after those before them.
fn notes(session: SessionId, first: u64, count: u64, command: CommandId) -> SessionAppend {
    let before = notes_after(GENESIS, session, 1, first.saturating_sub(1), command);
    let prev = before.records.last().map_or(GENESIS, |last| &last.record.hash);
    notes_after(prev, session, first, count, command)
}

fn append(session: SessionId, first: u64, count: u64) -> Append {
    let command = Uuid::now_v7();
    Append {
        command,
        digest: "d".into(),
        parts: vec![notes(session, first, count, command)],
    }
}

#[tokio::test]
async fn what_was_appended_is_there_in_order_after_a_restart() {
    let (dir, store) = store().await;
    let (one, other) = (Uuid::now_v7(), Uuid::now_v7());
    assert_eq!(store.append(append(one, 1, 2)).await.unwrap(), Appended::Durable);
    assert_eq!(store.append(append(other, 1, 1)).await.unwrap(), Appended::Durable);
    assert_eq!(store.append(append(one, 3, 1)).await.unwrap(), Appended::Durable);
    store.close().await;
    assert!(matches!(store.append(append(one, 4, 1)).await, Err(StoreError::Closed)));

    let store = SqliteStore::open(&lock(&dir)).await.unwrap();
    let events = store.events(one, 0, 10).await.unwrap();
    assert_eq!(events.iter().map(|record| record.seq).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(store.events(one, 1, 1).await.unwrap()[0].seq, 2);
    assert!(store.events(one, u64::MAX, 1).await.unwrap().is_empty());
    assert_eq!(store.head(one).await.unwrap(), Some(3));
    assert_eq!(store.head(other).await.unwrap(), Some(1));
    assert_eq!(store.head(Uuid::now_v7()).await.unwrap(), None);
    assert_eq!(store.count_open().await.unwrap(), 2);
    let rows = store.sessions().await.unwrap();
    assert_eq!(
        rows,
        [
            SessionRow {
                id: other,
                closed: false
            },
            SessionRow { id: one, closed: false }
        ]
    );
}

#[tokio::test]
async fn a_writer_that_dies_is_noticed() {
    let (_dir, store) = store().await;
    let ended = store.writer_ended();
    assert!(!ended.is_cancelled());
    store.abort_writer().await;
    let noticed = tokio::time::timeout(std::time::Duration::from_secs(5), ended.cancelled()).await;
    assert!(noticed.is_ok());
    let session = Uuid::now_v7();
    assert!(matches!(
        store.append(append(session, 1, 1)).await,
        Err(StoreError::Closed)
    ));
    assert!(store.ready().await.is_err());
    store.close().await;
}

#[tokio::test]
async fn a_failed_append_leaves_no_transaction_open() {
    let (dir, store) = store().await;
    let session = Uuid::now_v7();
    store.append(append(session, 1, 1)).await.unwrap();
    let mut other = schema::options(dir.path()).connect().await.unwrap();
    let trigger =
        "CREATE TRIGGER disk_full BEFORE INSERT ON commands BEGIN SELECT RAISE(ABORT, 'as the test wishes'); END";
    sqlx::query(trigger).execute(&mut other).await.unwrap();
    let failed = store.append(append(session, 2, 1)).await;
    assert!(matches!(failed, Err(StoreError::Database(_))), "{failed:?}");
    sqlx::query("PRAGMA busy_timeout = 0")
        .execute(&mut other)
        .await
        .unwrap();
    sqlx::query("DROP TRIGGER disk_full").execute(&mut other).await.unwrap();
    assert_eq!(store.append(append(session, 2, 1)).await.unwrap(), Appended::Durable);
}

/// Lets every insertion into these tables fail, or none any more.
async fn fill_the_disk(dir: &tempfile::TempDir, tables: &[&str], full: bool) {
    let mut other = schema::options(dir.path()).connect().await.unwrap();
    for table in tables {
        let statement = match full {
            true => format!(
                "CREATE TRIGGER full_{table} BEFORE INSERT ON {table} BEGIN SELECT RAISE(ROLLBACK, 'the disk is full'); END"
            ),
            false => format!("DROP TRIGGER full_{table}"),
        };
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .execute(&mut other)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn it_is_ready_when_its_writer_can_write_and_recovers_by_itself() {
    let (dir, store) = store().await;
    let session = Uuid::now_v7();
    store.append(append(session, 1, 1)).await.unwrap();
    fill_the_disk(&dir, &["events", "writer_trial"], true).await;
    store.ready().await.expect("nobody has tried to write yet");
    for _ in 0..2 {
        let failed = store.append(append(session, 2, 1)).await;
        assert!(matches!(failed, Err(StoreError::Database(_))), "{failed:?}");
        let ready = store.ready().await;
        assert!(matches!(ready, Err(StoreError::Database(_))), "{ready:?}");
    }
    fill_the_disk(&dir, &["events", "writer_trial"], false).await;
    store.ready().await.expect("the writer tried, and it can write again");
    assert_eq!(store.append(append(session, 2, 1)).await.unwrap(), Appended::Durable);
    assert_eq!(store.events(session, 0, 9).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_secret_that_could_not_be_kept_leaves_no_transaction_open() {
    let (dir, store) = store().await;
    let now = Utc::now().timestamp();
    store
        .keep_secret(SecretKind::Link, "link".into(), now + 60)
        .await
        .unwrap();
    fill_the_disk(&dir, &["secrets"], true).await;
    // More often than there are connections.
    for number in 0..2 * 4 {
        let kept = store.keep_secret(SecretKind::Link, format!("{number}"), now + 60).await;
        assert!(matches!(kept, Err(StoreError::Database(_))), "{kept:?}");
    }
    fill_the_disk(&dir, &["secrets"], false).await;
    let cookie = NewCookie {
        hash: "cookie".into(),
        expires: now + 60,
    };
    assert!(
        store.exchange_link("link".into(), now, cookie).await.unwrap(),
        "the link was not used up"
    );
    store
        .keep_secret(SecretKind::Link, "next".into(), now + 60)
        .await
        .unwrap();
}

#[tokio::test]
async fn what_another_writer_appended_is_found_when_it_is_tried_again() {
    let (dir, store) = store().await;
    let session = Uuid::now_v7();
    store.append(append(session, 1, 1)).await.unwrap();
    let other = SqliteStore::open_writing(dir.path()).await.unwrap();
    other.append(append(session, 2, 1)).await.unwrap();
    // What the first one has in memory is old.
    assert_eq!(store.append(append(session, 3, 1)).await.unwrap(), Appended::Conflict);
    assert_eq!(store.append(append(session, 3, 1)).await.unwrap(), Appended::Durable);
}

#[tokio::test]
async fn a_gap_an_overlap_and_a_second_start_are_conflicts_and_write_nothing() {
    let (_dir, store) = store().await;
    let session = Uuid::now_v7();
    store.append(append(session, 1, 1)).await.unwrap();
    for first in [0, 1, 3] {
        let answer = store.append(append(session, first, 1)).await.unwrap();
        assert_eq!(answer, Appended::Conflict, "first {first}");
    }
    // The right place, after another event than the one that is there.
    let command = Uuid::now_v7();
    let parts = vec![notes_after(&"f".repeat(64), session, 2, 1, command)];
    let other = Append {
        command,
        digest: "d".into(),
        parts,
    };
    assert_eq!(store.append(other).await.unwrap(), Appended::Conflict);
    // Of two parts, one that conflicts keeps the other one out as well.
    let command = Uuid::now_v7();
    let fresh = Uuid::now_v7();
    let parts = vec![notes(fresh, 1, 1, command), notes(session, 9, 1, command)];
    let both = Append {
        command,
        digest: "d".into(),
        parts,
    };
    assert_eq!(store.append(both).await.unwrap(), Appended::Conflict);
    assert!(store.events(fresh, 0, 9).await.unwrap().is_empty());
    assert_eq!(store.events(session, 0, 9).await.unwrap().len(), 1);
    assert!(store.command(command).await.unwrap().is_none());
}

#[tokio::test]
async fn a_command_happens_once() {
    let (_dir, store) = store().await;
    let session = Uuid::now_v7();
    let first = append(session, 1, 2);
    let again = Append {
        parts: vec![notes(session, 3, 1, first.command)],
        ..first.clone()
    };
    let (done, known) = tokio::join!(store.append(first.clone()), store.append(again));
    assert_eq!((done.unwrap(), known.unwrap()), (Appended::Durable, Appended::Known));
    let known = store.command(first.command).await.unwrap();
    assert_eq!(
        known,
        Some(RecordedCommand {
            session,
            digest: "d".into(),
            first_seq: 1,
            last_seq: 2,
        })
    );
    assert_eq!(store.events(session, 0, 9).await.unwrap().len(), 2);
}

#[tokio::test]
async fn those_who_come_together_keep_their_order() {
    let (_dir, store) = store().await;
    let session = Uuid::now_v7();
    let pending: Vec<_> = (1..=120).map(|seq| store.append(append(session, seq, 1))).collect();
    for done in futures::future::join_all(pending).await {
        assert_eq!(done.unwrap(), Appended::Durable);
    }
    let events = store.events(session, 0, 1000).await.unwrap();
    assert!(events.iter().map(|record| record.seq).eq(1..=120));
}

#[tokio::test]
async fn appends_of_one_request_are_written_together_and_answered_each() {
    let (_dir, store) = store().await;
    let session = Uuid::now_v7();
    let [first, second] = [append(session, 1, 2), append(session, 3, 1)];
    let gap = append(session, 9, 1);
    let again = first.clone();
    let answers = store.append_all(vec![first, gap, again, second]).await.unwrap();
    let expected = [
        Appended::Durable,
        Appended::Conflict,
        Appended::Known,
        Appended::Durable,
    ];
    assert_eq!(answers, expected);
    assert_eq!(store.events(session, 0, 9).await.unwrap().len(), 3);
    assert!(store.append_all(Vec::new()).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_another_writer_wrote_in_the_meantime_is_a_conflict_and_harms_no_other() {
    let (dir, store) = store().await;
    let (session, other) = (Uuid::now_v7(), Uuid::now_v7());
    store.append(append(session, 1, 1)).await.unwrap();
    // As another replica would, behind the back of this store's writer, which keeps in memory where sessions end.
    let next = append(session, 2, 1);
    let (record, json) = (&next.parts[0].records[0].record, &next.parts[0].records[0].json);
    let mut connection = schema::open(dir.path()).await.unwrap();
    for statement in [
        sqlx::query("INSERT INTO events VALUES (?, 2, ?, ?)")
            .bind(session.hyphenated())
            .bind(&**json)
            .bind(&record.hash),
        sqlx::query("UPDATE sessions SET last_seq = 2 WHERE id = ?").bind(session.hyphenated()),
        sqlx::query("INSERT INTO commands VALUES (?, ?, 'd', 2, 2)")
            .bind(next.command.hyphenated())
            .bind(session.hyphenated()),
    ] {
        statement.execute(&mut connection).await.unwrap();
    }
    let requests = vec![append(session, 2, 1), next.clone(), append(other, 1, 1)];
    let answers = store.append_all(requests).await.unwrap();
    assert_eq!(answers, [Appended::Conflict, Appended::Known, Appended::Durable]);
    assert_eq!(store.append(append(session, 3, 1)).await.unwrap(), Appended::Durable);
    assert_eq!(store.events(session, 0, 9).await.unwrap().len(), 3);
}

#[tokio::test]
async fn what_viewers_get_is_the_json_that_was_appended() {
    let (_dir, store) = store().await;
    let session = Uuid::now_v7();
    let append = append(session, 1, 3);
    let appended: Vec<(u64, Arc<str>)> = append.parts[0]
        .records
        .iter()
        .map(|one| (one.record.seq, Arc::clone(&one.json)))
        .collect();
    store.append(append).await.unwrap();
    assert_eq!(store.events_json(session, 0, 9).await.unwrap(), appended);
    assert_eq!(store.events_json(session, 1, 1).await.unwrap(), appended[1..2]);
    let texts: Vec<String> = appended.iter().map(|(_, json)| String::from(&**json)).collect();
    assert_eq!(store.texts(session, 0, 9).await.unwrap(), texts);
}

#[tokio::test]
async fn beside_a_proxy_events_are_read_and_not_appended() {
    let dir = tempfile::tempdir().unwrap();
    assert!(
        matches!(
            SqliteStore::open_beside(&folder(&dir)).await,
            Err(StoreError::Open { .. })
        ),
        "nothing is made where there is nothing"
    );
    let lock = lock(&dir);
    let store = SqliteStore::open(&lock).await.unwrap();
    let session = Uuid::now_v7();
    store.append(append(session, 1, 1)).await.unwrap();
    let beside = SqliteStore::open_beside(&folder(&dir)).await.unwrap();
    assert_eq!(beside.events(session, 0, 9).await.unwrap().len(), 1);
    let refused = beside.append(append(session, 2, 1)).await;
    assert!(matches!(refused, Err(StoreError::Closed)), "{refused:?}");
}

#[tokio::test]
async fn events_cannot_be_changed_or_deleted() {
    let (dir, store) = store().await;
    store.append(append(Uuid::now_v7(), 1, 1)).await.unwrap();
    let mut connection = schema::open(dir.path()).await.unwrap();
    for statement in ["UPDATE events SET record = '{}'", "DELETE FROM events"] {
        let error = sqlx::query(statement).execute(&mut connection).await.unwrap_err();
        assert!(error.to_string().contains("events are never"), "{error}");
    }
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_refused() {
    let (dir, store) = store().await;
    store.close().await;
    let mut connection = schema::open(dir.path()).await.unwrap();
    sqlx::query("INSERT INTO _sqlx_migrations VALUES (9999, 'later', unixepoch(), 1, x'00', 1)")
        .execute(&mut connection)
        .await
        .unwrap();
    let error = SqliteStore::open(&lock(&dir)).await.unwrap_err();
    let newest = schema::newest();
    assert!(
        matches!(error, StoreError::Newer { found: 9999, known, .. } if known == newest),
        "{error}"
    );
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(
        dir.path().join(DATABASE_FILE),
        "this is not a database, but it is long enough to look at",
    )
    .unwrap();
    let error = SqliteStore::open(&lock(&dir)).await.unwrap_err();
    assert!(matches!(error, StoreError::Open { .. }), "{error}");
}

#[tokio::test]
async fn a_link_is_used_once_and_ends_the_one_before() {
    let (_dir, store) = store().await;
    let now = Utc::now();
    let later = (now + TimeDelta::hours(1)).timestamp();
    let now = now.timestamp();
    store
        .keep_secret(SecretKind::Link, "first".into(), later)
        .await
        .unwrap();
    store
        .keep_secret(SecretKind::Link, "second".into(), later)
        .await
        .unwrap();
    let used = async |link: &str, now, cookie: &str| {
        let cookie = NewCookie {
            hash: cookie.to_owned(),
            expires: later,
        };
        store.exchange_link(link.to_owned(), now, cookie).await
    };
    assert!(!used("first", now, "none").await.unwrap());
    assert!(!used("second", later, "none").await.unwrap(), "it has expired by then");
    assert_eq!(store.cookie("none".into(), now).await.unwrap(), None);
    // A hash that is there already cannot be kept, and then the link is not used up either.
    store
        .keep_secret(SecretKind::Cookie, "taken".into(), later)
        .await
        .unwrap();
    used("second", now, "taken").await.unwrap_err();
    assert!(used("second", now, "cookie").await.unwrap());
    assert!(!used("second", now, "none").await.unwrap());
    assert!(!used("cookie", now, "none").await.unwrap(), "a cookie is no link");
    assert_eq!(store.cookie("cookie".into(), now).await.unwrap(), Some(later));
    assert_eq!(store.cookie("cookie".into(), later).await.unwrap(), None);
    assert_eq!(store.cookie("other".into(), now).await.unwrap(), None);
}

#[tokio::test]
async fn lists_are_bounded_and_have_every_open_session() {
    let (dir, store) = store().await;
    let mut connection = schema::options(dir.path()).connect().await.unwrap();
    // 2,500 sessions of two days, one a minute, all closed but the oldest; none has a brief that can be read.
    let rows = "WITH RECURSIVE number (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n < 2499) \
                INSERT INTO sessions (id, started, last_seq, closed, brief) \
                SELECT printf('00000000-0000-7000-8000-%012d', n), \
                strftime('%Y-%m-%dT%H:%M:%fZ', '2026-01-01', n || ' minutes'), 1, n > 0, '{}' FROM number";
    sqlx::query(rows).execute(&mut connection).await.unwrap();
    let id = |number: u128| {
        Uuid::from_u128(
            0x0000_0000_0000_7000_8000_0000_0000_0000 + u128::from_str_radix(&number.to_string(), 16).unwrap(),
        )
    };
    let numbers = |list: Vec<SessionBrief>| list.into_iter().map(|brief| brief.id).collect::<Vec<_>>();
    let newest = numbers(store.briefs(None).await.unwrap());
    assert_eq!(newest.len(), 1001);
    assert_eq!((newest[0], newest[999], newest[1000]), (id(2499), id(1500), id(0)));
    let before = numbers(store.briefs(Some(newest[999])).await.unwrap());
    assert_eq!((before.len(), before[0], before[999]), (1000, id(1499), id(500)));
    assert_eq!(numbers(store.briefs(Some(id(3))).await.unwrap()), [id(2), id(1), id(0)]);
    assert!(store.briefs(Some(Uuid::nil())).await.unwrap().is_empty());
    for (number, of_day) in [(0, 1), (1439, 1440), (1440, 1), (2499, 1060)] {
        assert_eq!(store.number_of_day(id(number)).await.unwrap(), of_day, "{number}");
        let day = if number < 1440 { "2026-01-01" } else { "2026-01-02" };
        let found = store.session_of_day(day.to_owned(), of_day).await.unwrap();
        assert_eq!(found, Some(id(number)), "{number}");
    }
    for (day, number) in [("2026-01-01", 0), ("2026-01-02", 1061), ("2026-01-03", 1)] {
        let found = store.session_of_day(day.to_owned(), number).await.unwrap();
        assert_eq!(found, None, "{day} {number}");
    }
}

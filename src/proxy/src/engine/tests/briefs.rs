//! What the list says of a session is in its row, and always what its events say.

use holdpoint_domain::session::{SessionOutcome, Standing, State};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use super::*;
use crate::store::{DATABASE_FILE, brief_of};

const BOOK: &str = "# Demo\n\n## Release procedure\n<!-- holdpoint: procedure id=release kind=release order=any -->\n\n\
                    - [ ] One <!-- holdpoint: id=one -->\n- [ ] Two <!-- holdpoint: id=two -->\n\
                    - [ ] Well <!-- holdpoint: id=well gate=ill -->\n\n\
                    ## Back procedure\n<!-- holdpoint: procedure id=back kind=rollback order=any -->\n\n- [ ] Back\n";

const GATES: &str = "[environments.test]\ntitle = \"Test\"\n\n[gates.ill]\ntitle = \"Ill\"\nkind = \"command\"\n\
                     command = { argv = [\"/bin/false\"] }\nexpect = [{ check = \"exit_code\", equals = 0 }]\n";

/// How a session stands in the list, in short.
async fn short(place: &Place, session: SessionId) -> (Standing, u32, u32, Option<SessionId>, bool) {
    let list = place.store.briefs(None).await.unwrap();
    let brief = list.into_iter().find(|one| one.id == session).unwrap();
    let state = State::fold(&place.log(session).await);
    assert_eq!(Some(&brief), brief_of(session, &state).as_ref());
    (
        brief.standing,
        brief.done,
        brief.steps,
        brief.undone_by,
        brief.closed.is_some(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_s_row_says_what_its_events_say_after_each_of_them() {
    let place = Place::of(BOOK).await;
    std::fs::write(place.dir.path().join("gates.toml"), GATES).unwrap();
    let session = place.begin().await;
    let engine = place.engine(&place.store);
    let command = async |command| {
        engine.command(session, send_of(command)).await.unwrap();
        idle(&engine).await;
    };
    assert_eq!(short(&place, session).await, (Standing::Go, 0, 3, None, false));
    command(tick("release/one").command).await;
    assert_eq!(short(&place, session).await, (Standing::Go, 1, 3, None, false));
    let (step, reason) = ("release/one".to_owned(), "Too early.".to_owned());
    command(ClientCommand::Untick { step, reason }).await;
    assert_eq!(short(&place, session).await, (Standing::Go, 0, 3, None, false));
    let (step, gate) = ("release/well".to_owned(), "ill".to_owned());
    command(ClientCommand::RunGate { step, gate }).await;
    assert_eq!(short(&place, session).await, (Standing::Hold, 0, 3, None, false));
    let undo = StartSession {
        procedure: "back".to_owned(),
        undoes: Some(session),
        ..place.start()
    };
    engine.start(undo.clone()).await.unwrap();
    let back = Some(undo.session);
    assert_eq!(short(&place, session).await, (Standing::RollingBack, 0, 3, back, false));
    assert_eq!(short(&place, undo.session).await, (Standing::Go, 0, 1, None, false));
    let (outcome, summary) = (SessionOutcome::RolledBack, String::new());
    command(ClientCommand::Close { outcome, summary }).await;
    assert_eq!(short(&place, session).await, (Standing::RolledBack, 0, 3, back, true));
    command(note("It was the load balancer.").command).await;
    assert_eq!(short(&place, session).await, (Standing::RolledBack, 0, 3, back, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_appended_together_leaves_the_last_one_s_brief() {
    let place = Place::of(BOOK).await;
    let session = place.begin().await;
    let engine = place.engine(&place.store);
    let ticks = ["release/one", "release/two"].map(|step| engine.command(session, tick(step)));
    let (ticked, _) = tokio::join!(join_all(ticks), send(&engine, session, 20));
    assert!(ticked.iter().all(Result::is_ok), "{ticked:?}");
    assert_eq!(short(&place, session).await, (Standing::Go, 2, 3, None, false));
}

async fn connect(folder: &std::path::Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(folder.join(DATABASE_FILE));
    options.create_if_missing(true).connect().await.unwrap()
}

/// A database as the version before wrote it, with the sessions of a place.
async fn older(place: &Place, folder: &std::path::Path) {
    let mut migrator = sqlx::migrate!();
    migrator.migrations.to_mut().retain(|one| one.version == 1);
    let mut db = connect(folder).await;
    migrator.run_direct(None, &mut db, false).await.unwrap();
    let new = place.dir.path().join(DATABASE_FILE);
    sqlx::query("ATTACH ? AS new")
        .bind(new.to_str().unwrap())
        .execute(&mut db)
        .await
        .unwrap();
    for copied in [
        "INSERT INTO sessions SELECT id, started, last_seq, closed FROM new.sessions",
        "INSERT INTO events SELECT session, seq, record, hash FROM new.events",
        "INSERT INTO commands SELECT id, session, digest, first_seq, last_seq FROM new.commands",
    ] {
        sqlx::query(copied).execute(&mut db).await.unwrap();
    }
    db.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_the_version_before_gets_its_briefs_once() {
    let place = Place::of(BOOK).await;
    let (first, bad, last) = (place.begin().await, place.begin().await, place.begin().await);
    let engine = place.engine(&place.store);
    engine.command(first, tick("release/two")).await.unwrap();
    place.spoil(&bad.to_string(), 2).await;
    place.spoil("no id at all", 1).await;
    let expected = engine.sessions(None).await.unwrap();
    assert_eq!(
        expected.iter().map(|one| one.id).collect::<Vec<_>>(),
        [last, bad, first]
    );
    assert_eq!(
        expected.iter().map(|one| one.unreadable).collect::<Vec<_>>(),
        [false, true, false]
    );
    assert_eq!((expected[2].done, expected[2].steps), (1, 3));

    let dir = tempfile::tempdir().unwrap();
    older(&place, dir.path()).await;
    let folder = DataFolder::find(Some(dir.path().to_owned())).unwrap();
    let lock = folder.lock().unwrap();
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&lock).await.unwrap());
    let list = store.briefs(None).await.unwrap();
    assert_eq!([&list[0], &list[2]], [&expected[0], &expected[2]]);
    assert!(list[1].unreadable && list[1].id == bad && list[1].started == expected[1].started);
    // The session goes on where it was.
    let engine = place.engine(&store);
    engine.command(first, tick("release/one")).await.unwrap();
    assert_eq!(store.briefs(None).await.unwrap()[2].done, 2);
    store.close().await;

    // What was folded once is not folded again: a brief that somebody put there stays.
    let mut db = connect(dir.path()).await;
    let put = "UPDATE sessions SET brief = json_set(brief, '$.captain', 'Kim') WHERE id = ?";
    let done = sqlx::query(put).bind(last.hyphenated()).execute(&mut db).await.unwrap();
    assert_eq!(done.rows_affected(), 1);
    // One that does not say what the events say, or cannot be read, is made anew.
    let spoilt = "UPDATE sessions SET brief = '{}' WHERE id = ?";
    sqlx::query(spoilt)
        .bind(first.hyphenated())
        .execute(&mut db)
        .await
        .unwrap();
    db.close().await.unwrap();
    let store = SqliteStore::open(&lock).await.unwrap();
    let list = store.briefs(None).await.unwrap();
    assert_eq!(list.len(), 3);
    assert_eq!((list[0].captain.as_str(), list[2].done), ("Kim", 2));
}

/// The folder's files and what is in them.
fn files(folder: &std::path::Path) -> std::collections::BTreeMap<std::ffi::OsString, Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries
        .map(|entry| (entry.file_name(), std::fs::read(entry.path()).unwrap()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_only_reads_or_signs_in_does_not_bring_an_older_database_up_to_date() {
    let place = Place::of(BOOK).await;
    let session = place.begin().await;
    let expected = place.log(session).await;
    let dir = tempfile::tempdir().unwrap();
    older(&place, dir.path()).await;
    let folder = DataFolder::find(Some(dir.path().to_owned())).unwrap();
    let before = files(dir.path());
    let reading = SqliteStore::open_to_read(&folder).await.unwrap();
    assert_eq!(reading.briefs(None).await.unwrap()[0].id, session);
    assert_eq!(all_events(&reading, session, 0).await.unwrap(), expected);
    reading.close().await;
    drop(reading);
    assert_eq!(files(dir.path()), before);

    let beside = SqliteStore::open_beside(&folder).await.unwrap();
    crate::auth::new_link(&beside).await.unwrap();
    assert_eq!(beside.end_secrets().await.unwrap(), 0);
    beside.close().await;
    let mut db = connect(dir.path()).await;
    let version: i64 = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations")
        .fetch_one(&mut db)
        .await
        .unwrap();
    assert_eq!(version, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_changes_nothing_and_follows_a_proxy_that_writes() {
    let place = Place::of(BOOK).await;
    let session = place.begin().await;
    let engine = place.engine(&place.store);
    let folder = DataFolder::find(Some(place.dir.path().to_owned())).unwrap();
    let reading = SqliteStore::open_to_read(&folder).await.unwrap();
    engine.command(session, tick("release/two")).await.unwrap();
    assert_eq!(
        all_events(&reading, session, 0).await.unwrap(),
        place.log(session).await
    );
    let kept = reading
        .keep_secret(crate::store::SecretKind::Link, "x".into(), i64::MAX)
        .await;
    assert!(kept.is_err(), "it cannot write");
}

//! Sessions are found by what their events say, and nothing that is wrong with one hides another.

use holdpoint_domain::session::SessionOutcome;
use holdpoint_domain::wire::{FoundSessions, OutcomeFilter, Rehearsals, SessionFilter, Statistics};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, SqliteConnection};

use super::*;
use crate::store::{DATABASE_FILE, DigestPart, KeptDigest};

pub(super) const BOOK: &str = "# Demo\n\n## Release procedure\n<!-- holdpoint: procedure id=release kind=release order=any -->\n\n\
                    - [ ] One <!-- holdpoint: id=one -->\n\n\
                    ## Back procedure\n<!-- holdpoint: procedure id=back kind=rollback order=any -->\n\n- [ ] Back\n";

async fn db(place: &Place) -> SqliteConnection {
    let file = place.dir.path().join(DATABASE_FILE);
    SqliteConnectOptions::new().filename(file).connect().await.unwrap()
}

async fn does(place: &Place, statement: &'static str) {
    let mut db = db(place).await;
    sqlx::raw_sql(statement).execute(&mut db).await.unwrap();
}

fn close(outcome: SessionOutcome, summary: &str) -> SendCommand {
    let summary = summary.to_owned();
    send_of(ClientCommand::Close { outcome, summary })
}

/// A session with a note; completed, if it is to be.
async fn session(place: &Place, text: &str, completed: bool) -> SessionId {
    let id = place.begin().await;
    let engine = place.engine(&place.store);
    engine.command(id, note(text)).await.unwrap();
    if completed {
        engine.command(id, tick("release/one")).await.unwrap();
        engine
            .command(id, close(SessionOutcome::Completed, "well done"))
            .await
            .unwrap();
    }
    id
}

async fn found(store: &Arc<dyn Store>, filter: &SessionFilter) -> Vec<SessionId> {
    let found = store.search(filter.clone(), None, 50).await.unwrap();
    let ids: Vec<SessionId> = found.sessions.iter().map(|one| one.id).collect();
    assert_eq!((found.total as usize, found.next), (ids.len(), None));
    ids
}

fn text(text: &str) -> SessionFilter {
    SessionFilter {
        text: Some(text.to_owned()),
        ..SessionFilter::default()
    }
}

fn person(person: &str) -> SessionFilter {
    SessionFilter {
        person: Some(person.to_owned()),
        ..SessionFilter::default()
    }
}

fn outcome(outcome: OutcomeFilter) -> SessionFilter {
    SessionFilter {
        outcome: Some(outcome),
        ..SessionFilter::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_found_by_each_filter() {
    let place = Place::of(BOOK).await;
    let engine = place.engine(&place.store);
    let first = session(&place, "It was the load balancer.", true).await;
    let second = session(&place, "Größe geändert: 50 % mehr", false).await;
    let sam = SendCommand {
        actor: "Sam Lee".to_owned(),
        ..note("I look, too.")
    };
    engine.command(second, sam).await.unwrap();
    let undo = StartSession {
        procedure: "back".to_owned(),
        undoes: Some(second),
        ..place.start()
    };
    engine.start(undo.clone()).await.unwrap();
    engine
        .command(second, close(SessionOutcome::RolledBack, "undone"))
        .await
        .unwrap();

    let all = [undo.session, second, first];
    let today = crate::clock::now().date_naive();
    let of = |change: fn(&mut SessionFilter, chrono::NaiveDate)| {
        let mut filter = SessionFilter::default();
        change(&mut filter, today);
        filter
    };
    let cases: [(SessionFilter, &[SessionId]); 27] = [
        (SessionFilter::default(), &all),
        (text("balancer"), &[first]),
        (text("LOAD bal"), &[first]),
        (text("alancer"), &[]),
        (text("balancer undone"), &[]),
        (text("grosse"), &[]),
        (text("GROSSE"), &[]),
        (text("größe"), &[second]),
        (text("grö 50"), &[second]),
        (text("undone"), &[second]),
        (text("v1"), &all),
        (text("a1b2"), &all),
        (text("back"), &[undo.session]),
        (text("release v1 well"), &[first]),
        (person("robin"), &all),
        (person("sam"), &[second]),
        (person("SAM LEE"), &[second]),
        (person("lee"), &[]),
        (outcome(OutcomeFilter::Completed), &[first]),
        (outcome(OutcomeFilter::RolledBack), &[second]),
        (outcome(OutcomeFilter::Abandoned), &[]),
        (outcome(OutcomeFilter::Open), &[undo.session]),
        (
            of(|one, _| one.procedure = Some("release".to_owned())),
            &[second, first],
        ),
        (
            of(|one, _| one.kind = Some(holdpoint_domain::runbook::ProcedureKind::Rollback)),
            &[undo.session],
        ),
        (of(|one, _| one.runbook = Some("other".to_owned())), &[]),
        (of(|one, today| (one.from, one.to) = (Some(today), Some(today))), &all),
        (of(|one, today| one.to = today.pred_opt()), &[]),
    ];
    for (filter, expected) in cases {
        assert_eq!(found(&place.store, &filter).await, expected, "{filter:?}");
    }
    let environments = of(|one, _| one.environment = Some("test".to_owned()));
    assert_eq!(found(&place.store, &environments).await, all);
    let choices = engine.choices().await.unwrap();
    assert_eq!(choices.environments, ["test"]);
    let procedures: Vec<_> = choices.procedures.iter().map(|one| one.procedure.as_str()).collect();
    assert_eq!(procedures, ["back", "release"]);
}

/// What is searched for is data: whatever it is, it is an answer and no error.
#[tokio::test(flavor = "multi_thread")]
async fn no_text_is_an_error_of_the_search() {
    let place = Place::of(BOOK).await;
    let id = session(&place, "a OR b \"quoted\" 100% under_score", false).await;
    for (looked_for, is_found) in [
        ("\"quoted\"", true),
        ("OR", true),
        ("under_score", true),
        ("100%", true),
        ("a* NEAR(b", false),
        ("text:quoted", false),
        ("^a", true),
        ("\"", true),
        ("a\0b", true),
        ("{a} + -b", true),
        ("'; DROP TABLE events; --", false),
        ("%", true),
        ("ﷺ \u{202e}abc", false),
    ] {
        let expected: &[SessionId] = if is_found { &[id] } else { &[] };
        assert_eq!(found(&place.store, &text(looked_for)).await, expected, "{looked_for:?}");
    }
}

async fn pages(store: &Arc<dyn Store>) -> Vec<SessionId> {
    let (mut all, mut before) = (Vec::new(), None);
    loop {
        let FoundSessions {
            sessions,
            next,
            total,
            more_than_total,
            ..
        } = store.search(SessionFilter::default(), before, 2).await.unwrap();
        assert_eq!((total, more_than_total), (5, false));
        all.extend(sessions.iter().map(|one| one.id));
        before = next;
        if next.is_none() {
            return all;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_follow_one_another_without_a_gap() {
    let place = Place::of(BOOK).await;
    let mut sessions = Vec::new();
    for _ in 0..5 {
        sessions.push(place.begin().await);
    }
    sessions.reverse();
    assert_eq!(pages(&place.store).await, sessions);
    let engine = place.engine(&place.store);
    let nowhere = engine.search(SessionFilter::default(), Some(Uuid::now_v7()), 2).await;
    assert!(matches!(nowhere, Err(EngineError::Malformed { .. })), "{nowhere:?}");
}

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

#[tokio::test(flavor = "multi_thread")]
async fn rehearsals_are_in_no_figure_of_real_sessions() {
    let place = Place::of(BOOK).await;
    let real = session(&place, "real", true).await;
    let rehearsing = place.rehearsing().await;
    let start = place.start();
    let rehearsal = start.session;
    rehearsing.start(start).await.unwrap();
    rehearsing
        .command(rehearsal, close(SessionOutcome::Abandoned, ""))
        .await
        .unwrap();
    for (rehearsals, expected) in [
        (Rehearsals::None, vec![real]),
        (Rehearsals::Only, vec![rehearsal]),
        (Rehearsals::Both, vec![rehearsal, real]),
    ] {
        let filter = SessionFilter {
            rehearsals,
            ..SessionFilter::default()
        };
        assert_eq!(found(&place.store, &filter).await, expected);
        let read = rehearsing.statistics(filter).await.unwrap();
        let sessions = |figures: &Option<Statistics>| figures.as_ref().map(|one| (one.sessions, one.completed));
        let (one, other) = match rehearsals {
            Rehearsals::None => (Some((1, 1)), None),
            Rehearsals::Only => (None, Some((1, 0))),
            Rehearsals::Both => (Some((1, 1)), Some((1, 0))),
        };
        assert_eq!((sessions(&read.real), sessions(&read.rehearsals)), (one, other));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_usual_is_known_from_three_completed_sessions_on() {
    let place = Place::of(BOOK).await;
    let open = place.begin().await;
    let engine = place.engine(&place.store);
    for completed in 0..3 {
        assert_eq!(engine.usual(&place.log(open).await).await, None, "{completed}");
        session(&place, "one", true).await;
    }
    let usual = engine.usual(&place.log(open).await).await.unwrap();
    let steps: Vec<&str> = usual.steps.keys().map(String::as_str).collect();
    assert_eq!((usual.sessions, steps), (3, vec!["release/one"]));
    // Of another procedure they say nothing, and none of a closed session.
    let back = StartSession {
        procedure: "back".to_owned(),
        ..place.start()
    };
    engine.start(back.clone()).await.unwrap();
    assert_eq!(engine.usual(&place.log(back.session).await).await, None);
    engine
        .command(open, close(SessionOutcome::Abandoned, ""))
        .await
        .unwrap();
    assert_eq!(engine.usual(&place.log(open).await).await, None);
}

/// The list has a thousand sessions; the rollback of an old one is not looked for in it.
#[tokio::test(flavor = "multi_thread")]
async fn the_newest_rollback_is_found_by_its_index() {
    let place = Place::of(BOOK).await;
    session(&place, "one", true).await;
    let mut db = db(&place).await;
    let plan: Vec<(i64, i64, i64, String)> = sqlx::query_as(
        "EXPLAIN QUERY PLAN SELECT session FROM histories WHERE undoes = 'x' ORDER BY started DESC, session DESC LIMIT 1",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    assert_eq!(plan.len(), 1, "{plan:?}");
    assert!(plan[0].3.contains("USING COVERING INDEX rollbacks"), "{plan:?}");
}

/// The number that stands on a report leads to its session, whatever anybody wrote.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_found_by_the_number_of_its_report() {
    let place = Place::of(BOOK).await;
    let first = session(&place, "nothing", false).await;
    let second = session(&place, "as in the first", false).await;
    let mut numbers = Vec::new();
    for id in [first, second] {
        let brief = place
            .store
            .briefs(None)
            .await
            .unwrap()
            .into_iter()
            .find(|brief| brief.id == id)
            .unwrap();
        let number = place.store.number_of_day(id).await.unwrap();
        numbers.push(format!("{}-{number:02}", brief.started.format("%Y-%m-%d")));
    }
    let engine = place.engine(&place.store);
    engine
        .command(second, note(format!("see report {}", numbers[0])))
        .await
        .unwrap();
    for (id, number) in [first, second].into_iter().zip(&numbers) {
        assert_eq!(found(&place.store, &text(number)).await, [id], "{number}");
    }
    assert!(found(&place.store, &text("2001-01-01-01")).await.is_empty());
    let none = format!("{}-0", &numbers[0][..10]);
    assert!(found(&place.store, &text(&none)).await.is_empty());
}

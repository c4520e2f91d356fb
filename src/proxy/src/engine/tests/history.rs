//! Sessions are found by what their events say, and nothing that is wrong with one hides another.

use holdpoint_domain::session::SessionOutcome;
use holdpoint_domain::wire::{FoundSessions, OutcomeFilter, Rehearsals, SessionFilter, Statistics};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, SqliteConnection};

use super::*;
use crate::store::DATABASE_FILE;

pub(super) const BOOK: &str = "# Demo\n\n## Release procedure\n<!-- holdpoint: procedure id=release kind=release order=any -->\n\n\
                    - [ ] One <!-- holdpoint: id=one -->\n\n\
                    ## Back procedure\n<!-- holdpoint: procedure id=back kind=rollback order=any -->\n\n- [ ] Back\n";

pub(super) async fn db(place: &Place) -> SqliteConnection {
    let file = place.dir.path().join(DATABASE_FILE);
    SqliteConnectOptions::new().filename(file).connect().await.unwrap()
}

pub(super) async fn does(place: &Place, statement: &'static str) {
    let mut db = db(place).await;
    sqlx::raw_sql(statement).execute(&mut db).await.unwrap();
}

pub(super) fn close(outcome: SessionOutcome, summary: &str) -> SendCommand {
    let summary = summary.to_owned();
    send_of(ClientCommand::Close { outcome, summary })
}

/// A session with a note; completed, if it is to be.
pub(super) async fn session(place: &Place, text: &str, completed: bool) -> SessionId {
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

pub(super) async fn found(store: &Arc<dyn Store>, filter: &SessionFilter) -> Vec<SessionId> {
    let found = store.search(filter.clone(), None, 50).await.unwrap();
    let ids: Vec<SessionId> = found.sessions.iter().map(|one| one.id).collect();
    assert_eq!((found.total as usize, found.next), (ids.len(), None));
    ids
}

pub(super) fn text(text: &str) -> SessionFilter {
    SessionFilter {
        text: Some(text.to_owned()),
        ..SessionFilter::default()
    }
}

pub(super) fn person(person: &str) -> SessionFilter {
    SessionFilter {
        person: Some(person.to_owned()),
        ..SessionFilter::default()
    }
}

pub(super) fn outcome(outcome: OutcomeFilter) -> SessionFilter {
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

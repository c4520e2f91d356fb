//! A rollback's start writes into two sessions, or into none.

use holdpoint_domain::session::{Event, SessionOutcome};

use super::*;

const BOOK: &str = "# Demo\n\n## Release procedure\n<!-- holdpoint: procedure id=release kind=release order=any -->\n\n\
                    - [ ] Go\n\n## Back procedure\n<!-- holdpoint: procedure id=back kind=rollback order=any -->\n\n- [ ] Back\n";

impl Place {
    /// What starts the rollback of a session.
    fn undo(&self, session: SessionId) -> StartSession {
        StartSession {
            procedure: "back".to_owned(),
            undoes: Some(session),
            ..self.start()
        }
    }

    /// The rollbacks that a session's own events name.
    async fn links(&self, session: SessionId) -> Vec<SessionId> {
        let links = self.log(session).await.into_iter().map(|record| match record.event {
            Event::RollbackStarted { session, .. } => Some(session),
            _ => None,
        });
        links.flatten().collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_rollbacks_of_one_session_at_the_same_moment_are_both_started_and_linked() {
    let place = Place::of(BOOK).await;
    let engine = place.engine(&place.store);
    for _ in 0..10 {
        let session = place.begin().await;
        let undoing: Vec<StartSession> = (0..4).map(|_| place.undo(session)).collect();
        let starts = join_all(undoing.iter().map(|undo| engine.start(undo.clone())));
        let (started, noted) = tokio::join!(starts, send(&engine, session, 8));
        for (start, undo) in started.into_iter().zip(&undoing) {
            let events = start.unwrap().events;
            assert_eq!((events.len(), events[0].session), (1, undo.session));
            assert_eq!(place.log(undo.session).await.len(), 1);
        }
        let mut links = place.links(session).await;
        links.sort_unstable();
        let mut expected: Vec<SessionId> = undoing.iter().map(|undo| undo.session).collect();
        expected.sort_unstable();
        assert_eq!(links, expected);
        assert_eq!(noted.len(), 8);
        assert_eq!(place.log(session).await.len(), 1 + 4 + 8);
    }
    engine.drain().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_whose_append_fails_leaves_both_sessions_as_they_were() {
    let place = Place::of(BOOK).await;
    let session = place.begin().await;
    let faulty = Faulty::new(&place.store);
    let engine = place.engine(&faulty.store());
    let undo = place.undo(session);
    faulty.fail_when(|_| true);
    let failed = engine.start(undo.clone()).await;
    assert!(
        matches!(failed, Err(EngineError::Store(StoreError::Failed { .. }))),
        "{failed:?}"
    );
    faulty.fail_when(|_| false);
    assert_eq!(place.log(session).await.len(), 1);
    assert_eq!(place.store.head(undo.session).await.unwrap(), None);
    // A step can still be ticked, which it cannot once a rollback was started.
    let state = holdpoint_domain::session::State::fold(&place.log(session).await);
    let step = state.procedure.unwrap().steps[0].id.clone();
    engine.command(session, tick(&step)).await.unwrap();
    // The same start, sent again, is carried out, and once.
    assert!(!engine.start(undo.clone()).await.unwrap().repeated);
    assert!(engine.start(undo.clone()).await.unwrap().repeated);
    assert_eq!(place.links(session).await, [undo.session]);
    let refused = engine.command(session, tick(&step)).await;
    assert!(matches!(refused, Err(EngineError::Refused(_))), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_goes_on_when_the_one_who_asked_went_away() {
    let place = Place::of(BOOK).await;
    let session = place.begin().await;
    let faulty = Faulty::new(&place.store);
    let engine = place.engine(&faulty.store());
    faulty.hold();
    let undo = place.undo(session);
    let asking = tokio::spawn({
        let (engine, undo) = (Arc::clone(&engine), undo.clone());
        async move { engine.start(undo).await }
    });
    until(|| faulty.requests() == 1).await;
    asking.abort();
    faulty.let_go();
    engine.drain().await;
    assert_eq!(place.links(session).await, [undo.session]);
    assert_eq!(place.log(undo.session).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_that_another_writer_was_faster_than_is_decided_anew() {
    let place = Place::of(BOOK).await;
    let session = place.begin().await;
    let (one, other) = (place.engine(&place.store), place.engine(&place.store));
    // Both have the session in memory; the second one knows nothing of what the first one writes.
    one.command(session, note("one")).await.unwrap();
    other.command(session, note("other")).await.unwrap();
    one.command(session, note("one again")).await.unwrap();
    let undo = place.undo(session);
    other.start(undo.clone()).await.unwrap();
    assert_eq!(place.links(session).await, [undo.session]);
    assert_eq!(place.log(session).await.len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_session_takes_no_link_and_the_list_shows_it_all_the_same() {
    let place = Place::of(BOOK).await;
    let session = place.begin().await;
    let engine = place.engine(&place.store);
    let close = send_of(ClientCommand::Close {
        outcome: SessionOutcome::Abandoned,
        summary: String::new(),
    });
    engine.command(session, close).await.unwrap();
    let undo = place.undo(session);
    engine.start(undo.clone()).await.unwrap();
    assert_eq!(place.log(session).await.len(), 2);
    let list = engine.sessions(None).await.unwrap();
    let of = |id| list.iter().find(|one| one.id == id).unwrap();
    assert_eq!(of(session).undone_by, Some(undo.session));
    assert_eq!(of(undo.session).undoes, Some(session));
    assert_eq!(engine.rollback_of(session).await, Some(undo.session));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_rollback_of_a_closed_session_goes_before_the_one_in_its_log() {
    let place = Place::of(BOOK).await;
    let session = place.begin().await;
    let engine = place.engine(&place.store);
    let (first, second) = (place.undo(session), place.undo(session));
    engine.start(first.clone()).await.unwrap();
    assert_eq!(engine.rollback_of(session).await, Some(first.session));
    let close = send_of(ClientCommand::Close {
        outcome: SessionOutcome::Abandoned,
        summary: String::new(),
    });
    engine.command(session, close).await.unwrap();
    assert_eq!(engine.rollback_of(session).await, Some(first.session));
    engine.start(second.clone()).await.unwrap();
    assert_eq!(place.links(session).await, [first.session]);
    assert_eq!(engine.rollback_of(session).await, Some(second.session));
}

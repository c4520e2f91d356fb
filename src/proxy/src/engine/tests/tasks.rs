//! The tasks of sessions: they end, they are bounded, they share commits, and they may die.

use super::*;

/// A command that is sent and not waited for.
fn sending(
    engine: &Arc<Engine>,
    session: SessionId,
    command: SendCommand,
) -> tokio::task::JoinHandle<Result<Accepted, EngineError>> {
    let engine = Arc::clone(engine);
    tokio::spawn(async move { engine.command(session, command).await })
}

/// Holds the store, and sends a note that the session's task waits for from now on.
async fn blocked(
    faulty: &Faulty,
    engine: &Arc<Engine>,
    session: SessionId,
) -> tokio::task::JoinHandle<Result<Accepted, EngineError>> {
    faulty.hold();
    let before = faulty.requests();
    let first = sending(engine, session, note("first"));
    until(|| faulty.requests() == before + 1).await;
    first
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_task_ends_and_its_session_still_answers() {
    let place = Place::new().await;
    let session = place.begin().await;
    let idle = Duration::from_millis(20);
    let engine = place.limited(&place.store, Limits { idle, ..LIMITS });
    for number in 0..3 {
        engine.command(session, note(format!("note {number}"))).await.unwrap();
        until(|| engine.registry.len() == 0).await;
        until(|| engine.session_tasks.is_empty()).await;
    }
    assert_eq!(place.log(session).await.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_not_there_is_not_kept_in_memory() {
    let place = Place::new().await;
    let engine = place.engine(&place.store);
    let session = Uuid::now_v7();
    let refused = engine.command(session, note("nowhere")).await;
    assert!(matches!(refused, Err(EngineError::NoSession { .. })), "{refused:?}");
    until(|| engine.registry.len() == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_closed_session_refuses_keeps_it_not_in_memory() {
    let place = Place::new().await;
    let session = place.begin().await;
    let engine = place.engine(&place.store);
    let (outcome, summary) = (
        holdpoint_domain::session::SessionOutcome::Abandoned,
        "It was only a test.".to_owned(),
    );
    engine
        .command(session, send_of(ClientCommand::Close { outcome, summary }))
        .await
        .unwrap();
    for _ in 0..3 {
        let refused = engine.command(session, tick("release/freeze")).await;
        assert!(matches!(refused, Err(EngineError::Refused(_))), "{refused:?}");
        // Open sessions stay for a minute.
        until(|| engine.registry.len() == 0).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn more_commands_than_the_mailbox_takes_are_refused_and_not_recorded() {
    let place = Place::new().await;
    let session = place.begin().await;
    let faulty = Faulty::new(&place.store);
    let engine = place.limited(&faulty.store(), Limits { mailbox: 2, ..LIMITS });
    let first = blocked(&faulty, &engine, session).await;
    let waiting: Vec<_> = (0..5)
        .map(|number| sending(&engine, session, note(format!("note {number}"))))
        .collect();
    until(|| waiting.iter().filter(|one| one.is_finished()).count() == 3).await;
    faulty.let_go();
    first.await.unwrap().unwrap();
    let answers = join_all(waiting).await.into_iter().map(Result::unwrap);
    let (taken, refused): (Vec<_>, Vec<_>) = answers.partition(Result::is_ok);
    assert_eq!((taken.len(), refused.len()), (2, 3));
    assert!(
        refused.iter().all(|one| matches!(one, Err(EngineError::Busy))),
        "{refused:?}"
    );
    assert_eq!(place.log(session).await.len(), 1 + 1 + 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn writers_who_wait_together_share_a_commit() {
    let place = Place::new().await;
    let session = place.begin().await;
    let faulty = Faulty::new(&place.store);
    let engine = place.engine(&faulty.store());
    let first = blocked(&faulty, &engine, session).await;
    let waiting: Vec<_> = (0..64)
        .map(|number| sending(&engine, session, note(format!("note {number}"))))
        .collect();
    let mailbox = engine.mailbox(session).unwrap();
    until(|| mailbox.max_capacity() - mailbox.capacity() == 64).await;
    faulty.let_go();
    first.await.unwrap().unwrap();
    for answered in join_all(waiting).await {
        assert_eq!(answered.unwrap().unwrap().events.len(), 1);
    }
    assert_eq!(place.log(session).await.len(), 1 + 1 + 64, "without a gap");
    assert_eq!(
        faulty.requests(),
        2,
        "all that waited became durable in one transaction"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_refused_by_a_state_that_did_not_become_durable_is_decided_anew() {
    let place = Place::new().await;
    let session = place.begin().await;
    let faulty = Faulty::new(&place.store);
    let engine = place.engine(&faulty.store());
    let first = blocked(&faulty, &engine, session).await;
    // Both are taken together. The second one would be refused, because the first one ticks the step.
    let lost = sending(&engine, session, tick("release/freeze"));
    until(|| engine.tasks.len() >= 3).await;
    let second = tick("release/freeze");
    let anew = sending(&engine, session, second.clone());
    until(|| engine.tasks.len() >= 4).await;
    faulty.fail_when(|count| count == 1);
    faulty.let_go();
    first.await.unwrap().unwrap();
    let lost = lost.await.unwrap();
    assert!(
        matches!(lost, Err(EngineError::Store(StoreError::Failed { .. }))),
        "{lost:?}"
    );
    let events = anew.await.unwrap().unwrap().events;
    assert_eq!(events[0].command, second.id);
    assert_eq!(place.log(session).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_command_twice_at_the_same_moment_is_one_effect() {
    let place = Place::new().await;
    let session = place.begin().await;
    let faulty = Faulty::new(&place.store);
    let engine = place.engine(&faulty.store());
    let first = blocked(&faulty, &engine, session).await;
    let twice = note("twice");
    let sent = [0, 1].map(|_| sending(&engine, session, twice.clone()));
    until(|| engine.tasks.len() >= 4).await;
    faulty.let_go();
    first.await.unwrap().unwrap();
    let answers: Vec<Accepted> = join_all(sent)
        .await
        .into_iter()
        .map(|one| one.unwrap().unwrap())
        .collect();
    assert_eq!(answers[0].events, answers[1].events);
    assert!(answers[0].repeated != answers[1].repeated, "one of them made it");
    assert_eq!(place.log(session).await.len(), 3);
    // In another session the same id is an error, and what was sent beside it is not.
    let other = place.begin().await;
    let (reused, beside) = tokio::join!(
        engine.command(other, twice.clone()),
        engine.command(other, note("beside it"))
    );
    assert!(
        matches!(&reused, Err(EngineError::Reused { id }) if *id == twice.id),
        "{reused:?}"
    );
    beside.unwrap();
    assert_eq!(place.log(other).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_panics_does_not_lock_its_session() {
    let place = Place::new().await;
    let session = place.begin().await;
    let faulty = Faulty::new(&place.store);
    let engine = place.engine(&faulty.store());
    faulty.panic_once();
    let command = note("it goes on");
    let lost = engine.command(session, command.clone()).await;
    assert!(matches!(lost, Err(EngineError::TaskEnded)), "{lost:?}");
    assert!(!engine.command(session, command).await.unwrap().repeated);
    assert_eq!(place.log(session).await.len(), 2);
    engine.drain().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_who_was_not_told_looks_for_itself() {
    use futures::StreamExt;
    let place = Place::new().await;
    let session = place.begin().await;
    // Each engine has viewers of its own.
    let (engine, other) = (place.engine(&place.store), place.engine(&place.store));
    let (store, ending) = (Arc::clone(&place.store), CancellationToken::new());
    let trust = Duration::from_millis(20);
    let mut viewer = crate::live::follow_trusting(&engine.hub, store, session, 1, ending, trust);
    other.command(session, note("untold")).await.unwrap();
    for expected in 2..4 {
        let message = tokio::time::timeout(Duration::from_secs(10), viewer.next())
            .await
            .unwrap();
        let Some(Ok(crate::live::Message::Record { seq, .. })) = message else {
            panic!("{message:?}");
        };
        assert_eq!(seq, expected);
        other.command(session, note("untold")).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_end_nothing_is_begun_and_nothing_hangs() {
    let place = Place::new().await;
    let session = place.begin().await;
    let engine = place.engine(&place.store);
    engine.command(session, note("before")).await.unwrap();
    engine.drain().await;
    let after = engine.command(session, note("after")).await;
    assert!(
        matches!(after, Err(EngineError::Store(StoreError::Closed))),
        "{after:?}"
    );
    assert!(engine.session_tasks.is_empty());
    assert_eq!(place.log(session).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn viewers_get_events_in_their_order_and_none_that_is_not_durable() {
    use futures::StreamExt;
    let place = Place::new().await;
    let session = place.begin().await;
    let faulty = Faulty::new(&place.store);
    faulty.fail_when(|count| count % 2 == 1);
    let engine = place.engine(&faulty.store());
    let ending = CancellationToken::new();
    let stream = crate::live::follow(&engine.hub, Arc::clone(&place.store), session, 0, ending.clone());
    let seen = tokio::spawn(stream.collect::<Vec<_>>());
    for _ in 0..10 {
        send(&engine, session, 8).await;
    }
    let records = place.log(session).await;
    let hub = Arc::clone(&engine.hub);
    assert_eq!(hub.viewers(), 1);
    tokio::time::sleep(Duration::from_millis(100)).await;
    ending.cancel();
    let seen: Vec<u64> = seen
        .await
        .unwrap()
        .into_iter()
        .map(|message| match message.unwrap() {
            crate::live::Message::Record { seq, json } => {
                let record: Record = serde_json::from_str(&json).unwrap();
                assert_eq!(record, records[usize::try_from(seq).unwrap() - 1]);
                seq
            }
            live @ crate::live::Message::Live(_) => panic!("{live:?}"),
        })
        .collect();
    assert!(seen.iter().copied().eq(1..=records.len() as u64), "{seen:?}");
    until(|| hub.viewers() == 0).await;
}

//! Loading a session and keeping up with it.

use std::ops::Range;
use std::pin::pin;
use std::time::Duration;

use chrono::Utc;
use futures::future::{Either, select};
use gloo_timers::future::sleep;
use holdpoint_domain::session::{ClientCommand, Event, Record, SessionId, StepId};
use holdpoint_domain::wire::{Live, SessionEvents, SessionRead};
use leptos::prelude::*;
use leptos::reactive::spawn_local_scoped_with_cancellation;

use super::observations::{browser_decides, observe_if_direct};
use super::store::{Link, Load, Session};
use crate::api::{self, ApiError};
use crate::state::outbox::OutboxEvent;
use crate::state::shared_stream::Message;

/// The pause before the proxy is asked again.
const RETRY: Duration = Duration::from_secs(2);

/// How often the proxy is asked for a rollback of a session that is closed.
const ASK_FOR_ROLLBACK: Duration = Duration::from_secs(10);

/// How long a new stream may give nothing. The proxy sends a sign of life at once.
const FIRST_SIGN: Duration = Duration::from_secs(5);
/// How long a stream may give nothing after that. The proxy sends a sign of life every 15 seconds.
const NEXT_SIGN: Duration = Duration::from_secs(20);
/// How often the proxy is asked, every [`RETRY`], before a stream is tried again.
const POLLS: u32 = 150;

/// How often a captain's page asks for a sign of life while it is in view. The stream's own would cost each of thousands of viewers
/// three times as much if it came as often.
const CHECK: Duration = Duration::from_secs(5);

/// What comes after a stream or a failure.
enum Next {
    /// Everything is fetched anew at once.
    Fetch,
    /// Everything is fetched anew after [`RETRY`].
    Pause,
    /// The session cannot be followed.
    Stop,
}

/// Carries a command of the captain's out. A gate whose browser decides is asked from here; everything else goes to the proxy.
pub fn perform(session: Session, command: ClientCommand) {
    match command {
        ClientCommand::RunGate { step, gate } if browser_decides(session, &gate) => observe(session, step, gate),
        command => session.send(command),
    }
}

/// Asks a `direct` gate from this browser, and takes what the proxy made of it.
fn observe(session: Session, step: StepId, gate: String) {
    if let Some(observed) = observe_if_direct(session, step, gate) {
        leptos::task::spawn_local(async move {
            take(session, observed.await);
        });
    }
}

/// Follows the session until the current owner is disposed of.
pub(super) fn start(session: Session) {
    spawn_local_scoped_with_cancellation(follow(session));
    spawn_local_scoped_with_cancellation(watch_for_rollback(session));
    // Only the session of the page sends commands, and not those that are followed beside it.
    if session.mode.sends() {
        let outbox = session.app.outbox;
        outbox.listen(session.id, Callback::new(move |event| on_outbox(session, event)));
        spawn_local_scoped_with_cancellation(check(session));
    }
}

/// A proxy that hangs keeps its connections open, and its stream is silent for long anyway.
async fn check(session: Session) {
    loop {
        sleep(CHECK).await;
        if document().hidden() {
            continue;
        }
        session.asked_at.update(|asked| {
            asked.get_or_insert_with(Utc::now);
        });
        if api::health().await.is_ok() {
            session.heard();
        }
    }
}

async fn follow(session: Session) {
    show_stored(session).await;
    loop {
        let next = match fetch(session).await {
            Ok(()) => listen(session).await,
            Err(error) => fail(session, error),
        };
        match next {
            Next::Fetch => {}
            Next::Pause => sleep(RETRY).await,
            Next::Stop => return,
        }
    }
}

/// What this browser has stored of the session is on screen before the proxy answers, or when it never does.
async fn show_stored(session: Session) {
    match session.app.storage.records(session.id).await {
        // Events that do not begin with the session's start cannot be shown.
        Ok(records) => match session.receive(records) {
            Some(applied) if !applied.is_empty() => session.load.set(Load::Ready),
            _ => session.reset(),
        },
        Err(error) => leptos::logging::warn!("{error}"),
    }
}

/// Fetches all events, and builds the view anew where they are not those that are on screen.
async fn fetch(session: Session) -> Result<(), ApiError> {
    let before = session.with_records_untracked(<[_]>::len);
    let SessionRead {
        events,
        usual,
        undone_by,
    } = api::session(session.id).await?;
    session.heard();
    session.usual.set(usual);
    set_undone_by(session, undone_by);
    // Whole records are compared, and all of them: what this browser stored may be of a log that the proxy no longer has,
    // or may have been written by somebody else. What came while the proxy answered may be more than its answer has.
    let same_log = session.with_records_untracked(|known| {
        before <= events.len() && known.iter().zip(&events).all(|(known, event)| known == event)
    });
    if !same_log {
        // A turn of the browser, so that the view of the other log is gone before its signals are.
        session.load.set(Load::Loading);
        sleep(Duration::ZERO).await;
        session.reset();
    }
    let applied = session.receive(events).ok_or(ApiError::BrokenLog)?;
    forget_starts(session, applied.clone());
    store(session, applied, !same_log);
    // The stream says when events arrive again. Until then what is shown is what the proxy said just now.
    session.fetched.set(true);
    session.heard();
    session.link.set(Link::Connecting);
    session.load.set(Load::Ready);
    session.app.outbox.retry_now();
    session.app.load_me_if_unknown();
    Ok(())
}

fn fail(session: Session, error: ApiError) -> Next {
    // The frame of the page says what to do, and takes this session off the screen.
    if error == ApiError::SignedOut {
        session.app.load_me();
    }
    let transient = error.is_transient();
    if transient && session.load.with_untracked(|load| *load == Load::Ready) {
        session.link.set(Link::Offline);
    } else {
        session.load.set(Load::Failed(error));
    }
    if transient { Next::Pause } else { Next::Stop }
}

/// Follows the stream until it is over.
async fn listen(session: Session) -> Next {
    let after = session.with_records_untracked(<[_]>::len) as u64;
    let Some(mut feed) = session.app.stream.follow(session.id, after) else {
        return poll(session).await;
    };
    let mut patience = FIRST_SIGN;
    while let Either::Left((message, _)) = select(pin!(feed.next()), pin!(sleep(patience))).await {
        patience = NEXT_SIGN;
        if !matches!(message, Message::Lost) {
            session.heard();
        }
        match message {
            Message::Record(record) => {
                if !take(session, vec![*record]) {
                    session.link.set(Link::Reconnecting);
                    return Next::Fetch;
                }
                session.link.set(Link::Live);
            }
            Message::Live(live) => on_live(session, live),
            Message::Sign => session.link.set(Link::Live),
            // The proxy may be away, and may come back with another log.
            Message::Lost => {
                session.link.set(Link::Reconnecting);
                return Next::Pause;
            }
            Message::Unreadable(error) => return fail(session, error),
        }
    }
    // Whether the proxy can be reached is not known before it answers, which may take as long as a request may.
    if session.link.get_untracked() == Link::Live {
        session.link.set(Link::Reconnecting);
    }
    // Nobody else needs to keep a stream open for this tab while it asks by itself.
    drop(feed);
    poll(session).await
}

/// Asks the proxy again and again, where something in between keeps the stream back or has silently dropped it.
async fn poll(session: Session) -> Next {
    for _ in 0..POLLS {
        match events_since(session).await {
            Ok(events) => {
                session.heard();
                if !take(session, events) {
                    return Next::Fetch;
                }
                session.link.set(Link::Polling);
            }
            Err(error) => return fail(session, error),
        }
        sleep(RETRY).await;
    }
    Next::Fetch
}

/// What happened after what this browser knows.
async fn events_since(session: Session) -> Result<Vec<Record>, ApiError> {
    let after = session.with_records_untracked(<[_]>::len) as u64;
    let SessionEvents { events, undone_by } = api::events(session.id, after).await?;
    session.heard();
    set_undone_by(session, undone_by);
    Ok(events)
}

/// What is known of a rollback stays known: an answer without one is that of a list that could not be had.
fn set_undone_by(session: Session, undone_by: Option<SessionId>) {
    // Whoever asked may have left the page since.
    let is_news = session
        .undone_by
        .try_get_untracked()
        .is_some_and(|known| known != undone_by);
    if undone_by.is_some() && is_news {
        session.undone_by.set(undone_by);
    }
}

/// Asks again and again for a rollback of a session that is closed, of which neither its records nor its stream tell.
async fn watch_for_rollback(session: Session) {
    loop {
        sleep(ASK_FOR_ROLLBACK).await;
        if document().hidden() || session.with_confirmed_untracked(|state| state.closed.is_none()) {
            continue;
        }
        // Whether the proxy can be reached is told by those who follow the session.
        if let Ok(events) = events_since(session).await
            && !take(session, events)
        {
            leptos::logging::warn!("what the proxy recorded does not go on from what is shown");
        }
    }
}

/// Output that comes after the verdict, which holds it, is of no more use.
fn on_live(session: Session, live: Live) {
    let (Live::Output { run, .. } | Live::Attempt { run, .. }) = &live;
    if session.with_confirmed_untracked(|state| state.open_runs().any(|open| open.id == *run)) {
        session.live_runs.update(|runs| runs.add(live));
    }
}

/// Applies events that were recorded just now. False when they are of another log.
fn take(session: Session, records: Vec<Record>) -> bool {
    let Some(applied) = session.receive(records) else {
        return false;
    };
    let events: Vec<Event> = session.with_records_untracked(|records| {
        let fresh = records[applied.clone()].iter();
        fresh.map(|record| record.event.clone()).collect()
    });
    for event in events {
        match event {
            Event::GateFinished { run, .. } => session.live_runs.update(|live| live.remove(run)),
            Event::GateStarted { step, gate, .. } if session.mode.observes() => {
                observe(session, step, gate);
            }
            _ => {}
        }
    }
    forget_starts(session, applied.clone());
    store(session, applied, false);
    true
}

/// A start of a gate that seemed not to be sent was sent, where the proxy recorded it or another one of the same gate.
fn forget_starts(session: Session, applied: Range<usize>) {
    session.with_records_untracked(|records| {
        session.app.outbox.forget_not_run(session.id, |request| {
            let mut applied = records[applied.clone()].iter();
            applied.any(|record| record.command == request.id)
        });
    });
}

fn on_outbox(session: Session, event: OutboxEvent) {
    if let OutboxEvent::Accepted(records) = event
        && !take(session, records)
    {
        // Others were faster, and the stream has not told of them yet.
        leptos::task::spawn_local(async move {
            let caught_up = events_since(session).await.is_ok_and(|events| take(session, events));
            if !caught_up {
                leptos::logging::warn!("what the proxy recorded does not go on from what is shown");
            }
        });
    }
    session.follow_pending();
}

/// Keeps these events in the browser. With `whole` they are all that there is, and take the place of what was stored.
fn store(session: Session, applied: Range<usize>, whole: bool) {
    if applied.is_empty() && !whole {
        return;
    }
    let storage = session.app.storage;
    let records = session.with_records_untracked(|records| records[applied].to_vec());
    leptos::task::spawn_local(async move {
        if let Err(error) = storage.put_records(session.id, &records, whole).await {
            leptos::logging::warn!("{error}");
        }
    });
}

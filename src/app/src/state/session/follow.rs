//! Loading a session and keeping up with it.

use std::time::Duration;

use gloo_timers::future::sleep;
use holdpoint_domain::session::Record;
use leptos::prelude::*;

use super::SessionStore;
use crate::api::stream::{Message, Stream};
use crate::api::{self, ApiError, Reading, Received, Session};
use crate::state::load::Load;

/// What the page does with the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The captain's view: it may ask, and it looks at `direct` gates itself.
    Captain,
    /// Reading only.
    Watch,
}

/// How the connection to the session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// Being made for the first time.
    Connecting,
    /// Events arrive as they are recorded.
    Live,
    /// It broke; the browser is making it again.
    Reconnecting,
    /// The proxy cannot be reached. What is shown is what this browser last saw.
    Offline,
}

/// The time after which a stream that the browser gave up is opened again.
pub(super) const REOPEN: Duration = Duration::from_secs(2);

impl SessionStore {
    pub(super) fn start(&self) {
        let store = *self;
        let listener = Callback::new(move |events: Vec<Received>| {
            let records = events
                .into_iter()
                .filter(|one| one.record.session == store.id)
                .collect();
            store.take(records);
        });
        self.app.outbox.listen(Some(listener));
        on_cleanup(move || {
            store.gone.set_value(true);
            store.app.outbox.listen(None);
            store.stream.set_value(None);
        });
        leptos::task::spawn_local(async move {
            // What this browser has seen is on screen before the proxy answers, or when it never does.
            let kept = store.app.storage.seen(store.id).await.unwrap_or_else(|error| {
                leptos::logging::warn!("{error}");
                None
            });
            if store.is_gone() {
                return;
            }
            if let Some((reading, records)) = kept {
                store.begin(reading);
                if !store.receive(records).is_empty() {
                    store.load.set(Load::Ready(()));
                }
            }
            store.catch_up().await;
        });
    }

    /// Fetches everything until the proxy answers, and follows from there. One at a time.
    async fn catch_up(&self) {
        if self.is_gone() || self.catching_up.get_value() {
            return;
        }
        self.catching_up.set_value(true);
        self.stream.set_value(None);
        while !self.fetch().await {
            sleep(REOPEN).await;
            if self.is_gone() {
                return;
            }
        }
        if !self.is_gone() {
            self.catching_up.set_value(false);
            self.connect();
        }
    }

    /// Catches up after a while: when the stream broke, or said what does not go on from what is known here.
    pub(super) fn catch_up_in(&self, pause: Duration) {
        let store = *self;
        leptos::task::spawn_local(async move {
            sleep(pause).await;
            store.catch_up().await;
        });
    }

    /// Fetches all events. False when it should be tried again.
    async fn fetch(&self) -> bool {
        let before = self.records.with_untracked(Vec::len);
        let answer = api::session(self.id).await;
        // The page may have been left, and its signals with it, while the proxy answered.
        if self.is_gone() {
            return true;
        }
        match answer {
            Ok(answer) => {
                let Session { events, reading, usual } = answer;
                self.usual.set(usual);
                // Whole records are compared, and all of them: what this browser kept may be of a log that the proxy no longer
                // has, or may have been written by somebody else.
                let (shown, same_log) = self.records.with_untracked(|known| {
                    let same = |(known, event): (&Record, &Received)| *known == event.record;
                    // What came while the proxy answered may be more than its answer has.
                    let same_log = before <= events.len() && known.iter().zip(&events).all(same);
                    (!known.is_empty(), same_log)
                });
                if !same_log {
                    self.early.set_value(Vec::new());
                }
                let same_reading = self
                    .reading
                    .with_untracked(|known| known.as_ref().is_some_and(|known| known.text == reading.text));
                let read_anew = (!same_log || !same_reading).then(|| reading.clone());
                if read_anew.is_some() {
                    if shown {
                        // What is on screen is not what the proxy has, so it is drawn from nothing.
                        self.load.set(Load::Loading);
                        sleep(Duration::ZERO).await;
                        if self.is_gone() {
                            return true;
                        }
                    }
                    self.begin(reading);
                }
                let fresh = self.receive(events);
                self.keep(read_anew, fresh);
                // The stream says when the connection stands again.
                self.link.set(Link::Connecting);
                self.load.set(Load::Ready(()));
                true
            }
            Err(error) => {
                let shown = self.records.with_untracked(|records| !records.is_empty());
                let again = error.is_passing() && error != ApiError::SignedOut;
                if shown && error.is_passing() {
                    self.link.set(Link::Offline);
                } else {
                    self.load.set(Load::Failed(error));
                }
                !again
            }
        }
    }

    fn connect(&self) {
        if !self.load.with_untracked(|load| matches!(load, Load::Ready(()))) {
            return;
        }
        let store = *self;
        let after = self.records.with_untracked(Vec::len) as u64;
        let opened = Stream::open(self.id, after, move |message| match message {
            // The proxy was away, and may have come back with another log.
            Message::Open if store.link.with_untracked(|link| *link == Link::Reconnecting) => {
                store.catch_up_in(Duration::ZERO);
            }
            Message::Open => {
                store.link.set(Link::Live);
                store.app.outbox.nudge();
                store.app.ask_me_where_unknown();
            }
            Message::Record(record) => store.take(vec![*record]),
            Message::Live(live) => store.hear(live),
            Message::Lost { closed: false } => store.link.set(Link::Reconnecting),
            Message::Lost { closed: true } => {
                store.link.set(Link::Offline);
                store.catch_up_in(REOPEN);
            }
            Message::Unreadable(error) => store.load.set(Load::Failed(error)),
        });
        match opened {
            Ok(open) => self.stream.set_value(Some(open)),
            Err(error) => {
                leptos::logging::warn!("{error}");
                self.link.set(Link::Offline);
                self.catch_up_in(REOPEN);
            }
        }
    }

    /// Takes events that were recorded just now.
    fn take(&self, records: Vec<Received>) {
        let fresh = self.receive(records);
        if self.mode == Mode::Captain {
            self.look_where_asked(&fresh);
        }
        self.keep(None, fresh);
    }

    fn keep(&self, reading: Option<Reading>, fresh: Vec<Received>) {
        if fresh.is_empty() && reading.is_none() {
            return;
        }
        let (storage, id) = (self.app.storage, self.id);
        leptos::task::spawn_local(async move {
            if let Err(error) = storage.keep_seen(id, reading.as_ref(), &fresh).await {
                leptos::logging::warn!("{error}");
            }
        });
    }

    /// The page has moved on. A value that was disposed of says so, too.
    fn is_gone(&self) -> bool {
        self.gone.try_get_value().unwrap_or(true)
    }
}

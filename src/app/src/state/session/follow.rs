//! Loading a session and keeping up with it.

use std::time::Duration;

use gloo_timers::future::sleep;
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
const REOPEN: Duration = Duration::from_secs(2);

impl SessionStore {
    pub(super) fn start(&self) {
        let store = *self;
        let stream: StoredValue<Option<Stream>, LocalStorage> = StoredValue::new_local(None);
        let gone = StoredValue::new(false);
        let listener = Callback::new(move |events: Vec<Received>| {
            let records = events
                .into_iter()
                .filter(|one| one.record.session == store.id)
                .collect();
            store.take(records);
        });
        self.app.outbox.listen(Some(listener));
        on_cleanup(move || {
            gone.set_value(true);
            store.app.outbox.listen(None);
            stream.set_value(None);
        });
        leptos::task::spawn_local(async move {
            // What this browser has seen is on screen before the proxy answers, or when it never does.
            let kept = store.app.storage.seen(store.id).await.unwrap_or_else(|error| {
                leptos::logging::warn!("{error}");
                None
            });
            if is_gone(gone) {
                return;
            }
            if let Some((reading, records)) = kept {
                store.begin(reading);
                if !store.receive(records).is_empty() {
                    store.load.set(Load::Ready(()));
                }
            }
            while !store.fetch(gone).await {
                sleep(REOPEN).await;
                if is_gone(gone) {
                    return;
                }
            }
            if !is_gone(gone) {
                store.connect(stream, gone);
            }
        });
    }

    /// Fetches all events. False when it should be tried again.
    async fn fetch(&self, gone: StoredValue<bool>) -> bool {
        let answer = api::session(self.id).await;
        // The page may have been left, and its signals with it, while the proxy answered.
        if is_gone(gone) {
            return true;
        }
        match answer {
            Ok(answer) => {
                let Session { events, reading, usual } = answer;
                self.usual.set(usual);
                let known = self
                    .records
                    .with_untracked(|records| records.first().map(|record| record.hash.clone()));
                let same_log = known
                    .as_ref()
                    .is_none_or(|hash| events.first().is_some_and(|first| first.record.hash == *hash));
                if !same_log {
                    self.early.set_value(Vec::new());
                }
                let same_reading = self
                    .reading
                    .with_untracked(|known| known.as_ref().is_some_and(|known| known.text == reading.text));
                let read_anew = (!same_log || !same_reading).then(|| reading.clone());
                if read_anew.is_some() {
                    if known.is_some() {
                        // What is on screen was drawn of other steps, so it is drawn from nothing.
                        self.load.set(Load::Loading);
                        sleep(Duration::ZERO).await;
                        if is_gone(gone) {
                            return true;
                        }
                    }
                    self.begin(reading);
                }
                let fresh = self.receive(events);
                self.keep(read_anew, fresh);
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

    fn connect(&self, stream: StoredValue<Option<Stream>, LocalStorage>, gone: StoredValue<bool>) {
        if is_gone(gone) || !self.load.with_untracked(|load| matches!(load, Load::Ready(()))) {
            return;
        }
        let store = *self;
        let after = self.records.with_untracked(Vec::len) as u64;
        let opened = Stream::open(self.id, after, move |message| match message {
            Message::Open => {
                store.link.set(Link::Live);
                store.app.outbox.nudge();
            }
            Message::Record(record) => store.take(vec![*record]),
            Message::Live(live) => store.hear(live),
            Message::Lost { closed: false } => store.link.set(Link::Reconnecting),
            Message::Lost { closed: true } => {
                store.link.set(Link::Offline);
                store.reopen(stream, gone);
            }
            Message::Unreadable(error) => store.load.set(Load::Failed(error)),
        });
        match opened {
            Ok(open) => stream.set_value(Some(open)),
            Err(error) => {
                leptos::logging::warn!("{error}");
                self.link.set(Link::Offline);
                self.reopen(stream, gone);
            }
        }
    }

    fn reopen(&self, stream: StoredValue<Option<Stream>, LocalStorage>, gone: StoredValue<bool>) {
        let store = *self;
        leptos::task::spawn_local(async move {
            sleep(REOPEN).await;
            store.connect(stream, gone);
        });
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
}

/// The page has moved on. A value that was disposed of says so, too.
fn is_gone(gone: StoredValue<bool>) -> bool {
    gone.try_get_value().unwrap_or(true)
}

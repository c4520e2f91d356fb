//! Loading a session and keeping up with it.

use std::ops::Range;
use std::time::Duration;

use gloo_timers::future::sleep;
use holdpoint_domain::session::{Event, Record};
use holdpoint_domain::wire::{Live, SessionRead};
use leptos::prelude::*;
use leptos::reactive::spawn_local_scoped_with_cancellation;

use super::{Load, Session};
use crate::api::stream::{Message, Stream};
use crate::api::{self, ApiError};
use crate::state::outbox::Sent;

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

/// The time after which the proxy is asked again.
const REOPEN: Duration = Duration::from_secs(2);

/// What is to be done when a stream is over.
enum Then {
    /// Everything is fetched anew at once.
    Fetch,
    /// Everything is fetched anew after a pause.
    Pause,
    /// The session cannot be followed.
    Stop,
}

impl Session {
    /// Follows the session until the current owner is disposed of.
    pub(super) fn start(self) {
        self.app
            .outbox
            .listen(self.id, Callback::new(move |sent| self.on_sent(sent)));
        spawn_local_scoped_with_cancellation(self.follow());
    }

    async fn follow(self) {
        self.show_seen().await;
        loop {
            let then = match self.fetch().await {
                Ok(()) => self.listen().await,
                Err(error) => self.not_fetched(error),
            };
            match then {
                Then::Fetch => {}
                Then::Pause => sleep(REOPEN).await,
                Then::Stop => return,
            }
        }
    }

    /// What this browser has seen is on screen before the proxy answers, or when it never does.
    async fn show_seen(&self) {
        match self.app.storage.seen(self.id).await {
            // Events that do not begin with the session's start are none that could be shown.
            Ok(records) => match self.receive(records) {
                Some(shown) if !shown.is_empty() => self.load.set(Load::Ready),
                _ => self.begin(),
            },
            Err(error) => leptos::logging::warn!("{error}"),
        }
    }

    /// Fetches all events, and draws the session from nothing where they are not those that are on screen.
    async fn fetch(&self) -> Result<(), ApiError> {
        let before = self.with_records_untracked(<[_]>::len);
        let SessionRead { events, usual, .. } = api::session(self.id).await?;
        self.usual.set(usual);
        // Whole records are compared, and all of them: what this browser kept may be of a log that the proxy no longer has,
        // or may have been written by somebody else. What came while the proxy answered may be more than its answer has.
        let same_log = self.with_records_untracked(|known| {
            before <= events.len() && known.iter().zip(&events).all(|(known, event)| known == event)
        });
        if !same_log {
            // A turn of the browser, so that the view of the other log is gone before its signals are.
            self.load.set(Load::Loading);
            sleep(Duration::ZERO).await;
            self.begin();
        }
        let applied = self.receive(events).ok_or(ApiError::BrokenLog)?;
        self.keep(applied, !same_log);
        // The stream says when the connection stands again.
        self.link.set(Link::Connecting);
        self.load.set(Load::Ready);
        Ok(())
    }

    fn not_fetched(&self, error: ApiError) -> Then {
        // The frame of the page says what to do, and takes this session off the screen.
        if error == ApiError::SignedOut {
            self.app.ask_me();
        }
        let passing = error.is_passing();
        if passing && self.load.with_untracked(|load| *load == Load::Ready) {
            self.link.set(Link::Offline);
        } else {
            self.load.set(Load::Failed(error));
        }
        if passing { Then::Pause } else { Then::Stop }
    }

    /// Follows the stream until it is over.
    async fn listen(&self) -> Then {
        let after = self.with_records_untracked(<[_]>::len) as u64;
        let mut stream = match Stream::open(self.id, after) {
            Ok(stream) => stream,
            Err(error) => return self.not_fetched(error),
        };
        while let Some(message) = stream.next().await {
            match message {
                // The proxy was away, and may have come back with another log.
                Message::Open if self.link.get_untracked() == Link::Reconnecting => return Then::Fetch,
                Message::Open => {
                    self.link.set(Link::Live);
                    self.app.outbox.nudge();
                    self.app.ask_me_where_unknown();
                }
                Message::Record(record) => {
                    if !self.take(vec![*record]) {
                        self.link.set(Link::Reconnecting);
                        return Then::Fetch;
                    }
                }
                Message::Live(live) => self.hear(live),
                Message::Interrupted => self.link.set(Link::Reconnecting),
                Message::Closed => break,
                Message::Unreadable(error) => return self.not_fetched(error),
            }
        }
        self.link.set(Link::Offline);
        Then::Pause
    }

    /// Takes what a running gate says. Output that comes after the verdict, which holds it, is of no more use.
    fn hear(&self, live: Live) {
        let (Live::Output { run, .. } | Live::Attempt { run, .. }) = &live;
        if self.with_confirmed_untracked(|state| state.open_runs().any(|open| open.id == *run)) {
            self.live.update(|runs| runs.hear(live));
        }
    }

    /// Takes events that were recorded just now. False when they are of another log.
    pub(super) fn take(&self, records: Vec<Record>) -> bool {
        let Some(applied) = self.receive(records) else {
            return false;
        };
        let events: Vec<Event> = self.with_records_untracked(|records| {
            let fresh = records[applied.clone()].iter();
            fresh.map(|record| record.event.clone()).collect()
        });
        for event in &events {
            match event {
                Event::GateFinished { run, .. } => self.live.update(|live| live.finished(*run)),
                Event::GateStarted { step, gate, .. } if self.mode == Mode::Captain => self.look_if_direct(step, gate),
                _ => {}
            }
        }
        self.keep(applied, false);
        true
    }

    fn on_sent(&self, sent: Sent) {
        if let Sent::Accepted(records) = sent
            && !self.take(records)
        {
            leptos::logging::warn!(
                "what the proxy recorded does not go on from what is shown; the stream will say more"
            );
        }
        self.follow_pending();
    }

    /// Keeps these events in the browser. With `whole` they are all that there is, and take the place of what was kept.
    fn keep(&self, applied: Range<usize>, whole: bool) {
        if applied.is_empty() && !whole {
            return;
        }
        let (storage, id) = (self.app.storage, self.id);
        let records = self.with_records_untracked(|records| records[applied].to_vec());
        leptos::task::spawn_local(async move {
            if let Err(error) = storage.keep_seen(id, &records, whole).await {
                leptos::logging::warn!("{error}");
            }
        });
    }
}

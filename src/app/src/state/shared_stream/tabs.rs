//! This tab among the others: what it wishes to see, and what it is told.

use futures::StreamExt;
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use holdpoint_domain::session::{Record, SessionId};
use holdpoint_domain::wire::{Live, SessionLive};
use leptos::prelude::*;
use leptos_use_event_listener::use_event_listener;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use web_sys::{BroadcastChannel, MessageEvent};

use crate::api::ApiError;
use crate::api::stream::Kind;

/// The name of the channel and of the lock. Pages of other proxies are of other origins, and have their own.
pub(super) const NAME: &str = "holdpoint-stream";

/// What the tabs of one browser say to each other.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Word {
    /// What a tab wishes to see in place of what it wished before: sessions, and the newest event that it has of each.
    Want { tab: Uuid, places: Vec<(SessionId, u64)> },
    /// A tab still wants what it wanted.
    Here { tab: Uuid },
    /// A new leader asks what is wanted.
    Ask,
    /// Something came on the stream.
    Came {
        session: SessionId,
        kind: Kind,
        text: String,
    },
    /// The stream gives signs of life, and tells of these sessions.
    Alive { sessions: Vec<SessionId> },
    /// The stream broke.
    Lost,
    /// A tab that would lead asks who does.
    Who,
    /// This tab leads.
    Leads { tab: Uuid },
}

/// What a session's viewer is told.
#[derive(Clone, Debug)]
pub enum Message {
    Record(Box<Record>),
    Live(Live),
    /// The stream gives signs of life, and tells of this session.
    Sign,
    /// Nothing more comes: the stream broke, or has no more of this session.
    Lost,
    Unreadable(ApiError),
}

/// What one viewer of this tab is told, until it is dropped.
pub struct Feed {
    number: Uuid,
    messages: UnboundedReceiver<Message>,
    shared: SharedStream,
}

impl Feed {
    pub async fn next(&mut self) -> Message {
        self.messages.next().await.unwrap_or(Message::Lost)
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        let number = self.number;
        let left = self.shared.inner.try_update_value(|inner| {
            inner.viewers.retain(|viewer| viewer.number != number);
        });
        if left.is_some() {
            self.shared.want();
        }
    }
}

#[derive(Clone)]
struct Viewer {
    number: Uuid,
    session: SessionId,
    /// The newest event that it has.
    seen: u64,
    messages: UnboundedSender<Message>,
}

#[derive(Default)]
struct Inner {
    channel: Option<BroadcastChannel>,
    viewers: Vec<Viewer>,
    /// Hears everything, while this tab leads.
    leader: Option<UnboundedSender<Word>>,
    /// Another tab said that it leads.
    heard_leader: bool,
    /// The page is being left. That its connection breaks then is nothing to tell the others.
    leaving: bool,
}

/// Copying it copies handles.
#[derive(Clone, Copy)]
pub struct SharedStream {
    pub(super) tab: Uuid,
    inner: StoredValue<Inner, LocalStorage>,
}

impl SharedStream {
    pub(super) fn open() -> Self {
        let shared = Self {
            tab: Uuid::new_v4(),
            inner: StoredValue::new_local(Inner::default()),
        };
        if let Ok(channel) = BroadcastChannel::new(NAME) {
            let _ = use_event_listener(channel.clone(), leptos::ev::message, move |event: MessageEvent| {
                // A page of another version may say what is not understood here.
                let word = event
                    .data()
                    .as_string()
                    .and_then(|text| serde_json::from_str(&text).ok());
                if let Some(word) = word {
                    shared.hear(word);
                }
            });
            let _ = use_event_listener(window(), leptos::ev::pagehide, move |_| shared.set_leaving(true));
            let _ = use_event_listener(window(), leptos::ev::pageshow, move |_| shared.set_leaving(false));
            shared.inner.update_value(|inner| inner.channel = Some(channel));
        }
        shared
    }

    pub(super) fn has_channel(&self) -> bool {
        self.inner.with_value(|inner| inner.channel.is_some())
    }

    /// Follows a session from the event after `after`. None where this browser's tabs cannot share a stream.
    pub fn follow(&self, session: SessionId, after: u64) -> Option<Feed> {
        if !self.has_channel() {
            return None;
        }
        let (sender, messages) = unbounded();
        let number = Uuid::new_v4();
        self.inner.update_value(|inner| {
            inner.viewers.push(Viewer {
                number,
                session,
                seen: after,
                messages: sender,
            });
        });
        self.want();
        Some(Feed {
            number,
            messages,
            shared: *self,
        })
    }

    /// Says what this tab wants.
    fn want(&self) {
        let places = self.inner.with_value(|inner| {
            let viewers = inner.viewers.iter();
            viewers.map(|viewer| (viewer.session, viewer.seen)).collect()
        });
        self.say(Word::Want { tab: self.tab, places });
    }

    /// A page that was left can come back as it was, when another tab has long had the stream.
    fn set_leaving(&self, leaving: bool) {
        let left = self
            .inner
            .try_update_value(|inner| std::mem::replace(&mut inner.leaving, leaving));
        if left == Some(true) && !leaving {
            self.tell(|_| true, &Message::Lost);
        }
    }

    /// Says something to every tab, this one included.
    pub(super) fn say(&self, word: Word) {
        if self.inner.with_value(|inner| inner.leaving) {
            return;
        }
        let said = serde_json::to_string(&word).map(|text| {
            self.inner.with_value(|inner| {
                let channel = inner.channel.as_ref();
                channel.is_some_and(|channel| channel.post_message(&text.into()).is_ok())
            })
        });
        if !matches!(said, Ok(true)) {
            leptos::logging::warn!("the other tabs could not be told");
        }
        self.hear(word);
    }

    fn hear(&self, word: Word) {
        match &word {
            Word::Came { session, kind, text } => self.came(*session, *kind, text),
            Word::Alive { sessions } => self.alive(sessions),
            Word::Lost => self.tell(|_| true, &Message::Lost),
            Word::Ask if self.has_viewers() => self.want(),
            Word::Leads { tab } if *tab != self.tab => self.set_heard_leader(true),
            Word::Ask | Word::Want { .. } | Word::Here { .. } | Word::Who | Word::Leads { .. } => {}
        }
        let leader = self.inner.with_value(|inner| inner.leader.clone());
        // While this tab stops to lead, nobody hears.
        let _ = leader.map(|leader| leader.unbounded_send(word));
    }

    fn has_viewers(&self) -> bool {
        self.inner.with_value(|inner| !inner.viewers.is_empty())
    }

    fn came(&self, session: SessionId, kind: Kind, text: &str) {
        if !self
            .inner
            .with_value(|inner| inner.viewers.iter().any(|viewer| viewer.session == session))
        {
            return;
        }
        let message = match kind {
            Kind::Record => read(text, |record| Message::Record(Box::new(record))),
            Kind::Live => read(text, |SessionLive { live, .. }| Message::Live(live)),
            Kind::Ended => Message::Lost,
        };
        if let Message::Record(record) = &message {
            self.inner.update_value(|inner| {
                for viewer in inner.viewers.iter_mut().filter(|viewer| viewer.session == session) {
                    viewer.seen = record.seq;
                }
            });
        }
        self.tell(|viewer| viewer.session == session, &message);
    }

    fn alive(&self, sessions: &[SessionId]) {
        let told = |viewer: &Viewer| sessions.contains(&viewer.session);
        self.tell(told, &Message::Sign);
        if !self.has_viewers() {
            return;
        }
        // The leader may never have heard of this tab, or have forgotten it while it was frozen.
        if self.inner.with_value(|inner| inner.viewers.iter().all(told)) {
            self.say(Word::Here { tab: self.tab });
        } else {
            self.want();
        }
    }

    fn tell(&self, whom: impl Fn(&Viewer) -> bool, message: &Message) {
        self.inner.with_value(|inner| {
            for viewer in inner.viewers.iter().filter(|viewer| whom(viewer)) {
                // A feed that is dropped is taken from the list at once.
                let _ = viewer.messages.unbounded_send(message.clone());
            }
        });
    }

    /// Everything that is said comes here from now on.
    pub(super) fn begin_to_lead(&self) -> UnboundedReceiver<Word> {
        let (sender, words) = unbounded();
        self.inner.update_value(|inner| inner.leader = Some(sender));
        words
    }

    pub(super) fn stop_to_lead(&self) {
        self.inner.update_value(|inner| inner.leader = None);
    }

    pub(super) fn heard_leader(&self) -> bool {
        self.inner.with_value(|inner| inner.heard_leader)
    }

    pub(super) fn set_heard_leader(&self, heard: bool) {
        self.inner.update_value(|inner| inner.heard_leader = heard);
    }
}

fn read<T: DeserializeOwned>(text: &str, wrap: fn(T) -> Message) -> Message {
    serde_json::from_str(text).map_or_else(|error| Message::Unreadable(error.into()), wrap)
}

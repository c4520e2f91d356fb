//! A session's live stream (SSE).

use futures::StreamExt;
use futures::stream::{LocalBoxStream, select};
use gloo_net::eventsource::futures::EventSource;
use holdpoint_domain::session::{Record, SessionId};
use holdpoint_domain::wire::Live;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsCast;
use web_sys::MessageEvent;

use super::error::ApiError;

#[derive(Clone, Debug)]
pub enum Message {
    Open,
    Record(Box<Record>),
    Live(Live),
    /// A sign of life.
    Heartbeat,
    /// The connection broke, and the browser makes it again.
    Interrupted,
    /// The connection broke, and the browser gave up: somebody has to open a new stream.
    Closed,
    Unreadable(ApiError),
}

/// An open stream. Dropping it closes the connection.
pub struct Stream {
    messages: LocalBoxStream<'static, Message>,
    _source: EventSource,
}

impl Stream {
    /// Follows a session from the event after `after`. The browser resumes with `Last-Event-ID` after a break.
    pub fn open(session: SessionId, after: u64) -> Result<Self, ApiError> {
        let url = format!("/api/sessions/{session}/stream?after={after}");
        let mut source = EventSource::new(&url).map_err(unopened)?;
        // `open` and `error` are the browser's own events: gloo-net hands out messages only, but subscribes to any name.
        let states = select(
            subscribe(&mut source, "open", |_| Message::Open)?,
            subscribe(&mut source, "error", |event| lost(&event))?,
        );
        let said = select(
            subscribe(&mut source, "record", |event| {
                parse(&event, |record| Message::Record(Box::new(record)))
            })?,
            select(
                subscribe(&mut source, "live", |event| parse(&event, Message::Live))?,
                subscribe(&mut source, "heartbeat", |_| Message::Heartbeat)?,
            ),
        );
        Ok(Self {
            messages: select(states, said).boxed_local(),
            _source: source,
        })
    }

    /// The next message. None when the stream is over.
    pub async fn next(&mut self) -> Option<Message> {
        self.messages.next().await
    }
}

fn subscribe(
    source: &mut EventSource,
    name: &'static str,
    read: fn(MessageEvent) -> Message,
) -> Result<LocalBoxStream<'static, Message>, ApiError> {
    let events = source.subscribe(name).map_err(unopened)?;
    // A broken connection is an item of every subscription; the one to `error` tells it once.
    Ok(events
        .filter_map(move |event| async move { event.ok().map(|(_, event)| read(event)) })
        .boxed_local())
}

fn unopened(error: impl std::fmt::Display) -> ApiError {
    ApiError::Network {
        reason: error.to_string(),
    }
}

fn lost(event: &MessageEvent) -> Message {
    let source = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::EventSource>().ok());
    match source {
        Some(source) if source.ready_state() == web_sys::EventSource::CONNECTING => Message::Interrupted,
        _ => Message::Closed,
    }
}

fn parse<T: DeserializeOwned>(event: &MessageEvent, wrap: fn(T) -> Message) -> Message {
    match event.data().as_string() {
        Some(text) => serde_json::from_str(&text).map_or_else(|error| Message::Unreadable(error.into()), wrap),
        None => Message::Unreadable(ApiError::Unreadable {
            reason: "a message that is not text".to_owned(),
        }),
    }
}

//! A session's live stream (SSE).

use holdpoint_domain::session::SessionId;
use holdpoint_domain::wire::Live;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{EventSource, MessageEvent};

use super::json::{FromJson, from_text};
use super::{ApiError, Received};

/// What the stream says.
#[derive(Clone, Debug)]
pub enum Message {
    /// The connection stands.
    Open,
    /// An event was recorded.
    Record(Box<Received>),
    /// A running gate says something.
    Live(Live),
    /// The connection broke. The browser tries again by itself unless `closed`.
    Lost {
        /// The browser gave up: somebody has to open a new stream.
        closed: bool,
    },
    /// A message came that this page cannot read.
    Unreadable(ApiError),
}

type Listener = Closure<dyn FnMut(MessageEvent)>;

/// An open stream. Dropping it closes the connection.
pub struct Stream {
    source: EventSource,
    _messages: [Listener; 2],
    _states: [Closure<dyn FnMut()>; 2],
}

impl Stream {
    /// Follows a session from the event after `after`. The browser resumes with `Last-Event-ID` after a break.
    pub fn open(session: SessionId, after: u64, on: impl Fn(Message) + Clone + 'static) -> Result<Self, ApiError> {
        let url = format!("/api/sessions/{session}/stream?after={after}");
        let source = EventSource::new(&url).map_err(|error| ApiError::Network {
            reason: format!("{error:?}."),
        })?;
        let messages = [
            listen(&source, "record", on.clone(), |record| {
                Message::Record(Box::new(record))
            }),
            listen(&source, "live", on.clone(), Message::Live),
        ];
        let opened = on.clone();
        let when_open: Closure<dyn FnMut()> = Closure::new(move || opened(Message::Open));
        let failed = source.clone();
        let when_lost: Closure<dyn FnMut()> = Closure::new(move || {
            on(Message::Lost {
                closed: failed.ready_state() == EventSource::CLOSED,
            });
        });
        source.set_onopen(Some(when_open.as_ref().unchecked_ref()));
        source.set_onerror(Some(when_lost.as_ref().unchecked_ref()));
        Ok(Self {
            source,
            _messages: messages,
            _states: [when_open, when_lost],
        })
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        // The listeners die with this value, so the source must not call them any more.
        self.source.set_onopen(None);
        self.source.set_onerror(None);
        self.source.close();
    }
}

fn listen<T: FromJson>(
    source: &EventSource,
    name: &str,
    on: impl Fn(Message) + 'static,
    wrap: impl Fn(T) -> Message + 'static,
) -> Listener {
    let closure: Listener = Closure::new(move |event: MessageEvent| {
        let text = event.data().as_string();
        let read = text.as_deref().map(from_text::<T>);
        on(match read {
            Some(Ok(value)) => wrap(value),
            Some(Err(wrong)) => Message::Unreadable(wrong.into()),
            None => Message::Unreadable(ApiError::Unreadable {
                reason: "a message that is not text".to_owned(),
            }),
        });
    });
    // Adding a listener to an event source that was just made cannot fail; were it to, the stream would stay silent and
    // the page would say so, because it shows how old its last message is.
    if source
        .add_event_listener_with_callback(name, closure.as_ref().unchecked_ref())
        .is_err()
    {
        web_sys::console::error_1(&format!("no listener for {name}").into());
    }
    closure
}

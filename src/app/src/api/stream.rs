//! The proxy's stream of several sessions (SSE), as text: who follows one of the sessions reads it.

use std::fmt::Write;

use futures::StreamExt;
use futures::stream::{LocalBoxStream, select, select_all};
use gloo_net::eventsource::futures::EventSource;
use holdpoint_domain::session::SessionId;
use serde::{Deserialize, Serialize};

use super::error::ApiError;

/// How many sessions the proxy tells of in one stream.
pub const MAX_SESSIONS: usize = 32;

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// A `Record`.
    Record,
    /// A `SessionLive`.
    Live,
    /// A `SessionEnded`.
    Ended,
}

#[derive(Clone, Debug)]
pub enum Arrival {
    Message(Kind, String),
    /// A sign of life.
    Heartbeat,
    /// The connection broke. Somebody has to open a new stream, from what was seen of each session.
    Lost,
}

/// An open stream. Dropping it closes the connection.
pub struct Stream {
    arrivals: LocalBoxStream<'static, Arrival>,
    _source: EventSource,
}

impl Stream {
    /// Follows these sessions, each from the event after the one that is given.
    pub fn open(places: &[(SessionId, u64)]) -> Result<Self, ApiError> {
        let mut url = "/api/stream".to_owned();
        for (number, (session, after)) in places.iter().enumerate() {
            let mark = if number == 0 { '?' } else { '&' };
            // Writing to a string cannot fail.
            let _ = write!(url, "{mark}session={session}:{after}");
        }
        let mut source = EventSource::new(&url).map_err(unopened)?;
        let messages = [("record", Kind::Record), ("live", Kind::Live), ("ended", Kind::Ended)].map(|(name, kind)| {
            let subscribed = source.subscribe(name).map_err(unopened)?;
            // A broken connection is an item of every subscription; the one to `error` tells it once.
            let messages = subscribed.filter_map(move |event| async move { event.ok()?.1.data().as_string() });
            Ok(messages.map(move |text| Arrival::Message(kind, text)).boxed_local())
        });
        let messages = messages.into_iter().collect::<Result<Vec<_>, ApiError>>()?;
        // `error` is the browser's own event: gloo-net hands out messages only, but subscribes to any name.
        let states = [("heartbeat", Arrival::Heartbeat), ("error", Arrival::Lost)].map(|(name, arrival)| {
            let subscribed = source.subscribe(name).map_err(unopened)?;
            Ok(subscribed
                .filter_map(move |event| {
                    let arrival = event.is_ok().then(|| arrival.clone());
                    async move { arrival }
                })
                .boxed_local())
        });
        let states = states.into_iter().collect::<Result<Vec<_>, ApiError>>()?;
        Ok(Self {
            arrivals: select(select_all(messages), select_all(states)).boxed_local(),
            _source: source,
        })
    }

    /// What comes next.
    pub async fn next(&mut self) -> Arrival {
        self.arrivals.next().await.unwrap_or(Arrival::Lost)
    }
}

fn unopened(error: impl std::fmt::Display) -> ApiError {
    ApiError::Network {
        reason: error.to_string(),
    }
}

//! The live view of several sessions in one stream. A browser has six connections to a server over HTTP/1.1, and as many
//! streams would leave none for anything else.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::response::IntoResponse;
use axum::response::sse::Event;
use futures::stream::{self, BoxStream};
use futures::{FutureExt, StreamExt};
use holdpoint_domain::session::SessionId;
use holdpoint_domain::wire::{ErrorBody, SessionEnded};
use tokio_util::sync::CancellationToken;

use super::extract::Query;
use super::stream::{UntilSignedOut, answer};
use crate::engine::Engine;
use crate::error::ApiError;
use crate::live::{Hub, LiveStream, Message, OpenStream};
use crate::store::Store;

/// Sessions of one stream. Each may keep a page of the store in memory.
const MAX_SESSIONS: usize = 32;

type Messages = BoxStream<'static, Result<Message, ApiError>>;

/// Everything after a place in each of several sessions, and then everything that happens in them. Event `record` has a record,
/// which names its session, as its data; event `live` has output of a running gate with its session, and is not replayed; event
/// `ended` says that nothing more comes of a session, and why; event `heartbeat` comes at once, and every 15 seconds in which
/// nothing else does. No event has an id: who comes back says anew what was seen of each session.
#[utoipa::path(get, path = "/stream",
    params(("session" = Vec<String>, Query, explode, description = "`ID:AFTER`: a session, and the event after which to begin; 1 to 32 of them")),
    responses(
    (status = 200, description = "Server-sent events: `record` (Record), `live` (SessionLive) and `ended` (SessionEnded)", content_type = "text/event-stream", body = String),
    (status = 400, description = "A parameter cannot be read, or there are none or too many (`malformed`)", body = ErrorBody),
))]
pub(super) async fn stream(
    State(engine): State<Arc<Engine>>,
    State(store): State<Arc<dyn Store>>,
    State(hub): State<Arc<Hub>>,
    State(shutdown): State<CancellationToken>,
    Places(places): Places,
    UntilSignedOut(signed_out): UntilSignedOut,
) -> impl IntoResponse {
    let open = OpenStream::new(hub);
    let sessions = places.into_iter().map(|(session, after)| {
        let (engine, store) = (Arc::clone(&engine), Arc::clone(&store));
        let (open, shutdown) = (Arc::clone(&open), shutdown.clone());
        let messages = async move {
            match engine.must_have(session, after).await {
                Ok(()) => one(open.follow(store, session, after, shutdown)),
                Err(error) => stream::once(async { Err(error.into()) }).boxed(),
            }
        };
        let messages = messages.flatten_stream();
        messages
            .map(move |message| Ok::<_, Infallible>(event(session, message)))
            .boxed()
    });
    answer(stream::select_all(sessions).take_until(signed_out))
}

fn one(messages: LiveStream) -> Messages {
    messages.map(|message| message.map_err(ApiError::from)).boxed()
}

fn event(session: SessionId, message: Result<Message, ApiError>) -> Event {
    match message {
        Ok(Message::Record { json, .. }) => Event::default().event("record").data(json),
        // The JSON is written once for all viewers. It is a `SessionLive`.
        Ok(Message::Live(json)) => {
            let json = format!(r#"{{"session":"{session}","live":{json}}}"#);
            Event::default().event("live").data(json)
        }
        Err(error) => {
            let ended = SessionEnded {
                session,
                error: error.detail(),
            };
            let event = Event::default().event("ended");
            event.json_data(ended).unwrap_or_else(|error| {
                tracing::error!(%error, "the end of a session's messages could not be written as JSON");
                Event::default()
                    .event("ended")
                    .data(format!(r#"{{"session":"{session}"}}"#))
            })
        }
    }
}

/// The sessions of a stream, each with the event after which it begins.
pub(super) struct Places(Vec<(SessionId, u64)>);

impl<S: Send + Sync> FromRequestParts<S> for Places {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Query(parameters) = Query::<Vec<(String, String)>>::from_request_parts(parts, state).await?;
        read(&parameters)
            .map(Self)
            .map_err(|message| ApiError::Malformed { message })
    }
}

fn read(parameters: &[(String, String)]) -> Result<Vec<(SessionId, u64)>, String> {
    let mut places: Vec<(SessionId, u64)> = Vec::new();
    for (name, value) in parameters {
        if name != "session" {
            return Err(format!(
                "There is no parameter {name:?} here. A stream takes session=ID:AFTER, once for each session."
            ));
        }
        let place = value
            .split_once(':')
            .and_then(|(id, after)| Some((id.parse().ok()?, after.parse().ok()?)));
        let Some((session, after)) = place else {
            return Err(format!(
                "{value:?} is not ID:AFTER, a session's id and the number of an event."
            ));
        };
        if places.iter().any(|(known, _)| *known == session) {
            return Err(format!("The session {session} stands in the address twice."));
        }
        places.push((session, after));
    }
    match places.len() {
        1..=MAX_SESSIONS => Ok(places),
        count => Err(format!(
            "A stream is of 1 to {MAX_SESSIONS} sessions, and not of {count}."
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(values: impl IntoIterator<Item = String>) -> Vec<(String, String)> {
        values.into_iter().map(|value| ("session".to_owned(), value)).collect()
    }

    fn place(number: usize) -> String {
        format!("00000000-0000-7000-8000-{number:012}:{number}")
    }

    #[test]
    fn a_stream_is_of_one_to_32_different_sessions() {
        let places = read(&parameters((1..=MAX_SESSIONS).map(place))).expect("32 can be followed");
        assert!(places.iter().map(|(_, after)| *after).eq(1..=32));
        for (wrong, said) in [
            (vec![], "not of 0"),
            ((0..=MAX_SESSIONS).map(place).collect(), "not of 33"),
            (vec![place(1), place(1)], "twice"),
            (vec![place(1).replace(":1", "")], "is not ID:AFTER"),
            (vec![place(1).replace(":1", ":-1")], "is not ID:AFTER"),
            (vec!["release:1".to_owned()], "is not ID:AFTER"),
        ] {
            let error = read(&parameters(wrong)).expect_err(said);
            assert!(error.contains(said), "{error}");
        }
        let error = read(&[("after".to_owned(), "1".to_owned())]).expect_err("there is no such parameter");
        assert!(error.contains("after"), "{error}");
    }
}

//! The live view of a session, as server-sent events.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRef, FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::{BoxError, Extension};
use futures::future::BoxFuture;
use futures::{FutureExt, Stream, StreamExt, future, stream};
use holdpoint_domain::session::SessionId;
use holdpoint_domain::wire::ErrorBody;
use tokio_util::sync::CancellationToken;

use super::extract::{Path, Query};
use super::principal::Principal;
use super::sessions::After;
use crate::auth::Auth;
use crate::engine::Engine;
use crate::error::ApiError;
use crate::live::{Hub, Message, follow};
use crate::server::TakesConnection;
use crate::store::Store;

/// Between two signs of life where nothing happens. They keep whatever is between proxy and browser from taking the connection
/// for dead, and the page asks by itself when they stay away.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Between two looks whether the viewer's browser is still signed in.
const STILL_SIGNED_IN: Duration = Duration::from_secs(8);

/// nginx collects an answer until it has some kilobytes of it, unless it is told otherwise.
const UNBUFFERED: (HeaderName, &str) = (HeaderName::from_static("x-accel-buffering"), "no");

/// Everything after an event, and then everything that happens. Event `record` has the sequence as its id and a record as
/// its data; event `live` has output of a running gate, and is not replayed; event `heartbeat` comes at once, and every 15 seconds
/// in which nothing else does.
#[utoipa::path(get, path = "/sessions/{id}/stream", params(("id" = uuid::Uuid, Path), After,
    ("last-event-id" = Option<u64>, Header, description = "Where a viewer who comes back goes on; goes before `after`")),
    responses(
    (status = 200, description = "Server-sent events: `record` (Record) and `live` (Live)", content_type = "text/event-stream", body = String),
    (status = 404, description = "There is no such session (`not_found`)", body = ErrorBody),
    (status = 409, description = "The session has fewer events (`beyond_end`)", body = ErrorBody),
))]
pub(super) async fn stream(
    State(engine): State<Arc<Engine>>,
    State(store): State<Arc<dyn Store>>,
    State(hub): State<Arc<Hub>>,
    State(shutdown): State<CancellationToken>,
    Path(id): Path<SessionId>,
    Resume(after): Resume,
    UntilSignedOut(signed_out): UntilSignedOut,
) -> Result<impl IntoResponse, ApiError> {
    engine.must_have(id, after).await?;
    let messages = follow(&hub, store, id, after, shutdown).take_until(signed_out);
    let events = messages.map(|message| {
        message.map(|message| match message {
            Message::Record { seq, json } => Event::default().event("record").id(seq.to_string()).data(json),
            Message::Live(json) => Event::default().event("live").data(json),
        })
    });
    Ok(answer(events))
}

/// Events with signs of life before and between them.
pub(super) fn answer<E>(events: impl Stream<Item = Result<Event, E>> + Send + 'static) -> impl IntoResponse
where
    E: Into<BoxError> + Send + 'static,
{
    // An event and not a comment, because browsers do not hand comments to a page.
    let heartbeat = || Event::default().event("heartbeat").data("{}");
    let events = stream::once(future::ok(heartbeat())).chain(events);
    let events = Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT).event(heartbeat()));
    (Extension(TakesConnection), [UNBUFFERED], events)
}

/// The event after which a stream begins.
pub(super) struct Resume(u64);

impl<S: Send + Sync> FromRequestParts<S> for Resume {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Query(After { after }) = Query::from_request_parts(parts, state).await?;
        Ok(Self(last_event(&parts.headers)?.unwrap_or(after)))
    }
}

/// Done when the browser that asks was signed out. A store that does not answer does not say so.
pub(super) struct UntilSignedOut(pub(super) BoxFuture<'static, ()>);

impl<S> FromRequestParts<S> for UntilSignedOut
where
    Arc<Auth>: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let auth = Arc::<Auth>::from_ref(state);
        let principal = <Principal as FromRequestParts<S>>::from_request_parts(parts, state).await?;
        let Principal::Browser(cookie) = principal else {
            return Ok(Self(future::pending().boxed()));
        };
        let until = async move {
            loop {
                tokio::time::sleep(STILL_SIGNED_IN).await;
                if matches!(auth.is_signed_in(&cookie).await, Ok(false)) {
                    return;
                }
            }
        };
        Ok(Self(until.boxed()))
    }
}

fn last_event(headers: &HeaderMap) -> Result<Option<u64>, ApiError> {
    let Some(value) = headers.get("last-event-id") else {
        return Ok(None);
    };
    let number = value.to_str().ok().and_then(|text| text.trim().parse().ok());
    let wrong = || ApiError::Malformed {
        message: "The header last-event-id must be the number of an event.".to_owned(),
    };
    number.map(Some).ok_or_else(wrong)
}

//! The live view of a session, as server-sent events.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName};
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::StreamExt;
use holdpoint_domain::session::SessionId;
use holdpoint_domain::wire::ErrorBody;
use tokio_util::sync::CancellationToken;

use super::extract::{Path, Query};
use super::sessions::After;
use crate::engine::Engine;
use crate::error::ApiError;
use crate::live::{Hub, Message, follow};
use crate::server::TakesConnection;
use crate::store::Store;

/// Between two comments, so that nothing between proxy and browser takes the connection for dead.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// nginx collects an answer until it has some kilobytes of it, unless it is told otherwise.
const UNBUFFERED: (HeaderName, &str) = (HeaderName::from_static("x-accel-buffering"), "no");

/// Everything after an event, and then everything that happens. Event `record` has the sequence as its id and a record as
/// its data; event `live` has output of a running gate, and is not replayed.
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
    Query(After { after }): Query<After>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, ApiError> {
    let after = last_event(&headers)?.unwrap_or(after);
    engine.must_have(id, after).await?;
    let messages = follow(&hub, store, id, after, shutdown);
    let events = messages.map(|message| {
        message.map(|message| match message {
            Message::Record { seq, json } => Event::default().event("record").id(seq.to_string()).data(json),
            Message::Live(json) => Event::default().event("live").data(json),
        })
    });
    let events = Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE).text("keep-alive"));
    Ok((Extension(TakesConnection), [UNBUFFERED], events))
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

//! How a session stands, as data and as a small picture: the watch page's words.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use holdpoint_domain::session::{SessionId, State as Session};
use holdpoint_domain::summary::{RollbackLog, SessionStatus, StatusEstimate};
use holdpoint_domain::wire::ErrorBody;
use tokio::task::spawn_blocking;

use super::extract::{Json, Path};
use super::templates::badge;
use crate::clock::now;
use crate::engine::Engine;
use crate::error::ApiError;
use crate::links::rollback_of;
use crate::store::Store;

/// How a session stands, in the watch page's words, with that of its rollback taken into account.
#[utoipa::path(get, path = "/sessions/{id}/status", params(("id" = uuid::Uuid, Path)), responses(
    (status = 200, body = SessionStatus),
    (status = 404, description = "There is no such session (`not_found`)", body = ErrorBody),
    (status = 409, description = "An event of it cannot be read (`unreadable`)", body = ErrorBody),
))]
pub(super) async fn status(
    State(engine): State<Arc<Engine>>,
    State(store): State<Arc<dyn Store>>,
    Path(id): Path<SessionId>,
) -> Result<Json<SessionStatus>, ApiError> {
    Ok(Json(status_of(&engine, &store, id).await?))
}

/// The same as a picture: the session's title and its headline.
#[utoipa::path(get, path = "/sessions/{id}/status.svg", params(("id" = uuid::Uuid, Path)), responses(
    (status = 200, description = "An SVG", content_type = "image/svg+xml", body = String),
    (status = 404, description = "There is no such session (`not_found`)", body = ErrorBody),
    (status = 409, description = "An event of it cannot be read (`unreadable`)", body = ErrorBody),
))]
pub(super) async fn status_badge(
    State(engine): State<Arc<Engine>>,
    State(store): State<Arc<dyn Store>>,
    Path(id): Path<SessionId>,
) -> Result<impl IntoResponse, ApiError> {
    let status = status_of(&engine, &store, id).await?;
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, badge(&status)?))
}

/// Also what the first answer of the watch page says.
pub(super) async fn status_of(
    engine: &Engine,
    store: &Arc<dyn Store>,
    id: SessionId,
) -> Result<SessionStatus, ApiError> {
    let records = engine.events(id, 0).await?;
    let rollback = rollback_of(&**store, id, &records).await?;
    let is_undone = match &rollback {
        Some((rollback, _)) => store.rollback_of(*rollback).await?.is_some(),
        None => false,
    };
    let usual = engine.usual(&records).await;
    // A long log takes a while to be folded, and others wait on this thread.
    let status = spawn_blocking(move || {
        let rollback = rollback.as_ref().map(|(session, records)| RollbackLog {
            session: *session,
            records: records.as_deref(),
            is_undone,
        });
        SessionStatus::of(&records, rollback).map(|status| SessionStatus {
            estimate: StatusEstimate::of(&Session::fold(&records), usual.as_ref(), now()),
            ..status
        })
    });
    status.await?.ok_or_else(|| ApiError::NotFound {
        message: format!("There is no session {id}."),
    })
}

//! Sessions: starting them, reading them, and asking something of them.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use holdpoint_domain::session::SessionId;
use holdpoint_domain::wire::{
    Accepted, ErrorBody, GateDeclaration, SendCommand, SendObservation, SessionBrief, SessionEvents, SessionRead,
    StartSession,
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::extract::{Json, Path, Query};
use crate::engine::Engine;
use crate::error::ApiError;

/// Where to begin reading.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct After {
    /// Only events after this one.
    #[serde(default)]
    pub(super) after: u64,
}

/// Which part of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Before {
    /// Only sessions that are older than this one.
    #[param(value_type = Option<uuid::Uuid>)]
    before: Option<SessionId>,
}

/// The newest 1,000 sessions and those that are open, newest first; with `before`, the 1,000 before that one.
#[utoipa::path(get, path = "/sessions", params(Before), responses((status = 200, body = Vec<SessionBrief>)))]
pub(super) async fn list(
    State(engine): State<Arc<Engine>>,
    Query(Before { before }): Query<Before>,
) -> Result<Json<Vec<SessionBrief>>, ApiError> {
    Ok(Json(engine.sessions(before).await?))
}

/// Starts a session; with `undoes`, the rollback of another.
#[utoipa::path(post, path = "/sessions", request_body = StartSession, responses(
    (status = 201, body = Accepted),
    (status = 400, description = "It cannot be read (`malformed`)", body = ErrorBody),
    (status = 404, description = "No such runbook, environment or session to undo (`not_found`)", body = ErrorBody),
    (status = 409, description = "A rule refuses it (its code), `other_mode`, `runbook_changed`, or `command_reused`", body = ErrorBody),
    (status = 413, description = "It is too long (`too_large`)", body = ErrorBody),
    (status = 503, description = "The database does not take it (`unavailable`)", body = ErrorBody),
))]
pub(super) async fn start(
    State(engine): State<Arc<Engine>>,
    Json(body): Json<StartSession>,
) -> Result<(StatusCode, Json<Accepted>), ApiError> {
    Ok((StatusCode::CREATED, Json(engine.start(body).await?)))
}

/// Everything that happened in a session, in order, and how long the steps of such sessions took.
#[utoipa::path(get, path = "/sessions/{id}", params(("id" = uuid::Uuid, Path)), responses(
    (status = 200, body = SessionRead),
    (status = 404, description = "There is no such session (`not_found`)", body = ErrorBody),
))]
pub(super) async fn one(
    State(engine): State<Arc<Engine>>,
    Path(id): Path<SessionId>,
) -> Result<Json<SessionRead>, ApiError> {
    let events = engine.events(id, 0).await?;
    let (usual, undone_by) = (engine.usual(&events).await, engine.rollback_of(id).await);
    Ok(Json(SessionRead {
        events,
        usual,
        undone_by,
    }))
}

/// What happened in a session after an event.
#[utoipa::path(get, path = "/sessions/{id}/events", params(("id" = uuid::Uuid, Path), After), responses(
    (status = 200, body = SessionEvents),
    (status = 404, description = "There is no such session (`not_found`)", body = ErrorBody),
))]
pub(super) async fn events(
    State(engine): State<Arc<Engine>>,
    Path(id): Path<SessionId>,
    Query(After { after }): Query<After>,
) -> Result<Json<SessionEvents>, ApiError> {
    let events = engine.events(id, after).await?;
    let undone_by = engine.rollback_of(id).await;
    Ok(Json(SessionEvents { events, undone_by }))
}

/// Asks something of a session.
#[utoipa::path(post, path = "/sessions/{id}/commands", params(("id" = uuid::Uuid, Path)),
    request_body = SendCommand, responses(
    (status = 200, body = Accepted),
    (status = 400, description = "It cannot be read (`malformed`)", body = ErrorBody),
    (status = 404, description = "There is no such session (`not_found`)", body = ErrorBody),
    (status = 409, description = "A rule refuses it (its code), `other_mode`, or `command_reused`", body = ErrorBody),
    (status = 413, description = "It is too long (`too_large`)", body = ErrorBody),
    (status = 503, description = "The database does not take it (`unavailable`)", body = ErrorBody),
))]
pub(super) async fn command(
    State(engine): State<Arc<Engine>>,
    Path(id): Path<SessionId>,
    Json(body): Json<SendCommand>,
) -> Result<Json<Accepted>, ApiError> {
    Ok(Json(engine.command(id, body).await?))
}

/// A gate as the session goes by it, beside what `gates.toml` says of it now. `take_declaration` takes the latter.
#[utoipa::path(get, path = "/sessions/{id}/gates/{gate}/declaration",
    params(("id" = uuid::Uuid, Path), ("gate" = String, Path)), responses(
    (status = 200, body = GateDeclaration),
    (status = 404, description = "There is no such session, or it has no such gate (`not_found`)", body = ErrorBody),
))]
pub(super) async fn declaration(
    State(engine): State<Arc<Engine>>,
    Path((id, gate)): Path<(SessionId, String)>,
) -> Result<Json<GateDeclaration>, ApiError> {
    Ok(Json(engine.declaration(id, gate).await?))
}

/// Sends what a captain's browser saw at a `direct` gate. It is judged here.
#[utoipa::path(post, path = "/sessions/{id}/observations", params(("id" = uuid::Uuid, Path)),
    request_body = SendObservation, responses(
    (status = 200, body = Accepted),
    (status = 400, description = "It cannot be read (`malformed`)", body = ErrorBody),
    (status = 404, description = "There is no such session (`not_found`)", body = ErrorBody),
    (status = 409, description = "A rule refuses it (its code), `other_mode`, or `command_reused`", body = ErrorBody),
    (status = 413, description = "It is too long (`too_large`)", body = ErrorBody),
    (status = 503, description = "The database does not take it (`unavailable`)", body = ErrorBody),
))]
pub(super) async fn observe(
    State(engine): State<Arc<Engine>>,
    Path(id): Path<SessionId>,
    Json(body): Json<SendObservation>,
) -> Result<Json<Accepted>, ApiError> {
    Ok(Json(engine.observe(id, body).await?))
}

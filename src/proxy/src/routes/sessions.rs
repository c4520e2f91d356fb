//! Sessions: starting them, reading them, and asking something of them.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use holdpoint_domain::wire::{
    Accepted, ErrorBody, SendCommand, SendObservation, SessionBrief, SessionEvents, SessionRead, StartSession,
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::App;
use super::extract::{Body, Id, Values};
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

/// Every session, newest first.
#[utoipa::path(get, path = "/api/sessions", responses((status = 200, body = Vec<SessionBrief>)))]
pub(super) async fn list(State(app): State<Arc<App>>) -> Result<Json<Vec<SessionBrief>>, ApiError> {
    Ok(Json(app.engine.sessions().await?))
}

/// Starts a session; with `undoes`, the rollback of another.
#[utoipa::path(post, path = "/api/sessions", request_body = StartSession, responses(
    (status = 201, body = Accepted),
    (status = 400, description = "It cannot be read (`malformed`)", body = ErrorBody),
    (status = 404, description = "No such runbook, environment or session to undo (`not_found`)", body = ErrorBody),
    (status = 409, description = "A rule refuses it (its code), `runbook_changed`, or `command_reused`", body = ErrorBody),
    (status = 413, description = "It is too long (`too_large`)", body = ErrorBody),
    (status = 503, description = "The database does not take it (`unavailable`)", body = ErrorBody),
))]
pub(super) async fn start(
    State(app): State<Arc<App>>,
    Body(body): Body<StartSession>,
) -> Result<(StatusCode, Json<Accepted>), ApiError> {
    Ok((StatusCode::CREATED, Json(app.engine.start(body).await?)))
}

/// Everything that happened in a session, in order, and how long such sessions took.
#[utoipa::path(get, path = "/api/sessions/{id}", params(("id" = uuid::Uuid, Path)), responses(
    (status = 200, body = SessionRead),
    (status = 404, description = "There is no such session (`not_found`)", body = ErrorBody),
))]
pub(super) async fn one(State(app): State<Arc<App>>, Id(id): Id) -> Result<Json<SessionRead>, ApiError> {
    let events = app.engine.events(id, 0).await?;
    let usual = app.engine.usual(id).await;
    Ok(Json(SessionRead { events, usual }))
}

/// What happened in a session after an event.
#[utoipa::path(get, path = "/api/sessions/{id}/events", params(("id" = uuid::Uuid, Path), After), responses(
    (status = 200, body = SessionEvents),
    (status = 404, description = "There is no such session (`not_found`)", body = ErrorBody),
))]
pub(super) async fn events(
    State(app): State<Arc<App>>,
    Id(id): Id,
    Values(After { after }): Values<After>,
) -> Result<Json<SessionEvents>, ApiError> {
    Ok(Json(SessionEvents {
        events: app.engine.events(id, after).await?,
    }))
}

/// Asks something of a session.
#[utoipa::path(post, path = "/api/sessions/{id}/commands", params(("id" = uuid::Uuid, Path)),
    request_body = SendCommand, responses(
    (status = 200, body = Accepted),
    (status = 400, description = "It cannot be read (`malformed`)", body = ErrorBody),
    (status = 404, description = "There is no such session (`not_found`)", body = ErrorBody),
    (status = 409, description = "A rule refuses it (its code), or `command_reused`", body = ErrorBody),
    (status = 413, description = "It is too long (`too_large`)", body = ErrorBody),
    (status = 503, description = "The database does not take it (`unavailable`)", body = ErrorBody),
))]
pub(super) async fn command(
    State(app): State<Arc<App>>,
    Id(id): Id,
    Body(body): Body<SendCommand>,
) -> Result<Json<Accepted>, ApiError> {
    Ok(Json(app.engine.command(id, body).await?))
}

/// Sends what a captain's browser saw at a `direct` gate. It is judged here.
#[utoipa::path(post, path = "/api/sessions/{id}/observations", params(("id" = uuid::Uuid, Path)),
    request_body = SendObservation, responses(
    (status = 200, body = Accepted),
    (status = 400, description = "It cannot be read (`malformed`)", body = ErrorBody),
    (status = 404, description = "There is no such session (`not_found`)", body = ErrorBody),
    (status = 409, description = "A rule refuses it (its code), or `command_reused`", body = ErrorBody),
    (status = 413, description = "It is too long (`too_large`)", body = ErrorBody),
    (status = 503, description = "The database does not take it (`unavailable`)", body = ErrorBody),
))]
pub(super) async fn observe(
    State(app): State<Arc<App>>,
    Id(id): Id,
    Body(body): Body<SendObservation>,
) -> Result<Json<Accepted>, ApiError> {
    Ok(Json(app.engine.observe(id, body).await?))
}

//! Drills: which can be chosen, how one went, and those of a runbook.

use std::sync::Arc;

use axum::extract::State;
use holdpoint_domain::drill::DrillScore;
use holdpoint_domain::session::SessionId;
use holdpoint_domain::wire::{DrillHistory, DrillOffer, ErrorBody};
use serde::Deserialize;
use utoipa::IntoParams;

use super::extract::{Json, Path, Query};
use crate::engine::Engine;
use crate::error::ApiError;

/// What a session is to be started with.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Place {
    /// The runbook's name.
    runbook: String,
    /// The procedure's id.
    procedure: String,
    /// The environment's name in `gates.toml`.
    environment: String,
}

/// The drills that can strike in a procedure. None where the proxy runs no rehearsal.
#[utoipa::path(get, path = "/rehearsal/drills", params(Place), responses(
    (status = 200, body = Vec<DrillOffer>),
    (status = 404, description = "There is no such runbook (`not_found`)", body = ErrorBody),
))]
pub(super) async fn offers(
    State(engine): State<Arc<Engine>>,
    Query(place): Query<Place>,
) -> Result<Json<Vec<DrillOffer>>, ApiError> {
    let Place {
        runbook,
        procedure,
        environment,
    } = place;
    Ok(Json(engine.drills(runbook, procedure, environment).await?))
}

/// How a drill went, by its log and that of its rollback. Before it is closed nothing is said of its faults.
#[utoipa::path(get, path = "/sessions/{id}/drill", params(("id" = Uuid, Path)), responses(
    (status = 200, body = DrillScore),
    (status = 404, description = "There is no such session, or it is no drill (`not_found`)", body = ErrorBody),
    (status = 409, description = "An event of it cannot be read (`unreadable`)", body = ErrorBody),
))]
pub(super) async fn score(
    State(engine): State<Arc<Engine>>,
    Path(id): Path<SessionId>,
) -> Result<Json<DrillScore>, ApiError> {
    let score = engine.drill_score(id).await?;
    score.map(Json).ok_or_else(|| ApiError::NotFound {
        message: format!("The session {id} is no drill, so there is no score."),
    })
}

/// The drills of a runbook that are over, and the steps that its rehearsals could not follow.
#[utoipa::path(get, path = "/runbooks/{name}/drills", params(("name" = String, Path)), responses(
    (status = 200, body = DrillHistory),
))]
pub(super) async fn history(
    State(engine): State<Arc<Engine>>,
    Path(name): Path<String>,
) -> Result<Json<DrillHistory>, ApiError> {
    Ok(Json(engine.drill_history(&name).await?))
}

//! Gates outside any session.

use std::sync::Arc;

use axum::extract::State;
use holdpoint_domain::gate::Verdict;
use holdpoint_domain::wire::{CheckGate, CheckableGate, ErrorBody};

use super::extract::{Json, Path};
use crate::check::GateChecks;
use crate::error::ApiError;

/// An environment's gates, and what each wants to know of a session.
#[utoipa::path(get, path = "/environments/{name}/gates", params(("name" = String, Path)), responses(
    (status = 200, body = Vec<CheckableGate>),
    (status = 404, description = "There is no such environment (`not_found`)", body = ErrorBody),
))]
pub(super) async fn gates(
    State(checks): State<Arc<GateChecks>>,
    Path(name): Path<String>,
) -> Result<Json<Vec<CheckableGate>>, ApiError> {
    Ok(Json(checks.gates(&name)?))
}

/// Asks a gate once, outside any session. Nothing is recorded, and nothing is ticked. The request lasts as long as the gate may
/// take; if the client goes away, the gate is broken off.
#[utoipa::path(post, path = "/environments/{name}/gates/{gate}/check",
    params(("name" = String, Path), ("gate" = String, Path)), request_body = CheckGate, responses(
    (status = 200, body = Verdict),
    (status = 400, description = "It cannot be read (`malformed`)", body = ErrorBody),
    (status = 404, description = "There is no such environment or gate (`not_found`)", body = ErrorBody),
))]
pub(super) async fn check(
    State(checks): State<Arc<GateChecks>>,
    Path((name, gate)): Path<(String, String)>,
    Json(CheckGate { values }): Json<CheckGate>,
) -> Result<Json<Verdict>, ApiError> {
    Ok(Json(checks.check(&name, &gate, values).await?))
}

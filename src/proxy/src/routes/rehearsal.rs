//! The faults of the stand-in platform.

use std::sync::Arc;

use axum::extract::State;
use holdpoint_domain::wire::{ErrorBody, FaultState, SetFault};

use super::extract::{Json, Path};
use crate::error::ApiError;
use crate::rehearsal::Rehearsal;

/// Every fault, and whether it is on.
#[utoipa::path(get, path = "/rehearsal/faults", responses(
    (status = 200, body = Vec<FaultState>),
    (status = 404, description = "This proxy runs no rehearsal (`not_found`)", body = ErrorBody),
))]
pub(super) async fn faults(State(rehearsal): State<Option<Arc<Rehearsal>>>) -> Result<Json<Vec<FaultState>>, ApiError> {
    Ok(Json(running(rehearsal.as_deref())?.faults()))
}

/// Switches a fault. It is in effect when the answer comes.
#[utoipa::path(put, path = "/rehearsal/faults/{id}", params(("id" = String, Path)), request_body = SetFault,
    responses(
    (status = 200, body = Vec<FaultState>),
    (status = 400, description = "It cannot be read (`malformed`)", body = ErrorBody),
    (status = 404, description = "No such fault, or no rehearsal (`not_found`)", body = ErrorBody),
    (status = 503, description = "The change cannot be kept (`unavailable`)", body = ErrorBody),
))]
pub(super) async fn set_fault(
    State(rehearsal): State<Option<Arc<Rehearsal>>>,
    Path(id): Path<String>,
    Json(SetFault { on }): Json<SetFault>,
) -> Result<Json<Vec<FaultState>>, ApiError> {
    let rehearsal = running(rehearsal.as_deref())?;
    rehearsal.set_fault(&id, on).await?;
    Ok(Json(rehearsal.faults()))
}

fn running(rehearsal: Option<&Rehearsal>) -> Result<&Rehearsal, ApiError> {
    let message = "This proxy runs no rehearsal, so it has no faults to switch. Start it with --rehearsal.".to_owned();
    rehearsal.ok_or(ApiError::NotFound { message })
}

//! The faults of the stand-in platform, and what browsers see of it.

use std::sync::Arc;

use axum::extract::State;
use holdpoint_domain::session::{GateId, SessionId};
use holdpoint_domain::wire::{BrowserObservation, ErrorBody, FaultState, SetFault};

use super::extract::{Json, Path};
use crate::engine::Engine;
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

/// What a browser sees of a `direct` gate, with the session's own values. It is an answer in words, and not the answer itself:
/// no header or page of a rehearsal becomes one of this proxy's.
#[utoipa::path(get, path = "/rehearsal/direct/{id}/{gate}",
    params(("id" = Uuid, Path, description = "The session"), ("gate" = String, Path)), responses(
    (status = 200, body = BrowserObservation),
    (status = 400, description = "The id cannot be read (`malformed`)", body = ErrorBody),
    (status = 404, description = "No such session, or no rehearsal (`not_found`)", body = ErrorBody),
    (status = 409, description = "The session is no rehearsal (`other_mode`)", body = ErrorBody),
    (status = 503, description = "The answer stays away (`timed_out`), or there is no database (`unavailable`)", body = ErrorBody),
))]
pub(super) async fn direct(
    State(rehearsal): State<Option<Arc<Rehearsal>>>,
    State(engine): State<Arc<Engine>>,
    Path((session, gate)): Path<(SessionId, GateId)>,
) -> Result<Json<BrowserObservation>, ApiError> {
    running(rehearsal.as_deref())?;
    Ok(Json(engine.direct(session, &gate).await?))
}

fn running(rehearsal: Option<&Rehearsal>) -> Result<&Rehearsal, ApiError> {
    let message =
        "This proxy runs no rehearsal, so there is nothing to ask or to switch. Start it with --rehearsal.".to_owned();
    rehearsal.ok_or(ApiError::NotFound { message })
}

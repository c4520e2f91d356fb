//! The faults of the stand-in platform.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use holdpoint_domain::wire::{ErrorBody, FaultState, SetFault};

use super::App;
use super::extract::{Body, Name};
use crate::error::ApiError;
use crate::rehearsal::Rehearsal;

/// Every fault, and whether it is on.
#[utoipa::path(get, path = "/api/rehearsal/faults", responses(
    (status = 200, body = Vec<FaultState>),
    (status = 404, description = "This proxy runs no rehearsal (`not_found`)", body = ErrorBody),
))]
pub(super) async fn faults(State(app): State<Arc<App>>) -> Result<Json<Vec<FaultState>>, ApiError> {
    Ok(Json(states(rehearsal(&app)?)))
}

/// Switches a fault. It is in effect when the answer comes.
#[utoipa::path(put, path = "/api/rehearsal/faults/{id}", params(("id" = String, Path)), request_body = SetFault,
    responses(
    (status = 200, body = Vec<FaultState>),
    (status = 400, description = "It cannot be read (`malformed`)", body = ErrorBody),
    (status = 404, description = "No such fault, or no rehearsal (`not_found`)", body = ErrorBody),
    (status = 503, description = "The stand-in platform does not take it (`unavailable`)", body = ErrorBody),
))]
pub(super) async fn set_fault(
    State(app): State<Arc<App>>,
    Name(id): Name,
    Body(SetFault { on }): Body<SetFault>,
) -> Result<Json<Vec<FaultState>>, ApiError> {
    let rehearsal = rehearsal(&app)?;
    rehearsal.set_fault(&id, on).await?;
    Ok(Json(states(rehearsal)))
}

fn rehearsal(app: &App) -> Result<&Rehearsal, ApiError> {
    let message = "This proxy runs no rehearsal, so it has no faults to switch. Start it with --rehearsal.".to_owned();
    app.rehearsal.as_deref().ok_or(ApiError::NotFound { message })
}

fn states(rehearsal: &Rehearsal) -> Vec<FaultState> {
    let faults = rehearsal.faults().into_iter();
    let state = |fault: crate::rehearsal::FaultState| FaultState {
        id: fault.id,
        title: fault.title,
        description: fault.description,
        on: fault.on,
        gate: fault.gate,
    };
    faults.map(state).collect()
}

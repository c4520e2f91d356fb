//! Two sessions side by side.

use std::str::FromStr;
use std::sync::Arc;

use axum::extract::State;
use holdpoint_domain::session::{self, SessionId};
use holdpoint_domain::wire::{Comparison, ErrorBody, RollbackStanding};
use holdpoint_report::ExportError;
use holdpoint_report::compare::{FactsFold, SessionFacts, compare_with_runbook, compare_with_session};
use serde::Deserialize;
use tokio::task::spawn_blocking;
use utoipa::IntoParams;

use super::extract::{Json, Path, Query};
use crate::engine::Engine;
use crate::error::ApiError;

/// What a session is compared with.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct With {
    /// Another session's id, or `runbook`: the times that the runbook gave when the session began.
    with: String,
}

/// In what a session differs from another one, or from the times that its runbook gives: what differs comes first.
#[utoipa::path(get, path = "/sessions/{id}/compare", params(("id" = uuid::Uuid, Path), With), responses(
    (status = 200, body = Comparison),
    (status = 400, description = "`with` is neither another session's id nor `runbook` (`malformed`)", body = ErrorBody),
    (status = 404, description = "There is no such session (`not_found`)", body = ErrorBody),
    (status = 409, description = "One of them cannot be read (`unreadable`)", body = ErrorBody),
))]
pub(super) async fn compare(
    State(engine): State<Arc<Engine>>,
    Path(id): Path<SessionId>,
    Query(With { with }): Query<With>,
) -> Result<Json<Comparison>, ApiError> {
    if with == "runbook" {
        return Ok(Json(compare_with_runbook(&facts(&engine, id).await?)));
    }
    let other = SessionId::from_str(&with).map_err(|_| ApiError::Malformed {
        message: format!("“{with}” is neither the id of a session nor `runbook`."),
    })?;
    if other == id {
        let message = "A session does not differ from itself. Name another one in `with`.".to_owned();
        return Err(ApiError::Malformed { message });
    }
    let (this, other) = (facts(&engine, id).await?, facts(&engine, other).await?);
    Ok(Json(compare_with_session(&this, &other)))
}

async fn facts(engine: &Engine, id: SessionId) -> Result<SessionFacts, ApiError> {
    let records = engine.events(id, 0).await?;
    // A long log takes a while to fold, and others wait on this thread.
    let rollback = engine.stored_rollback_of(id).await?;
    let (of_rollback, is_undone) = match rollback {
        // One that cannot be read is one of which nothing is known.
        Some(rollback) => (
            engine.events(rollback, 0).await.unwrap_or_default(),
            engine.stored_rollback_of(rollback).await?.is_some(),
        ),
        None => (Vec::new(), false),
    };
    let facts = spawn_blocking(move || {
        let mut fold = FactsFold::default();
        records.iter().for_each(|record| fold.add(record));
        let mut facts = fold.finish()?;
        if rollback.is_some() {
            let state = session::State::fold(&of_rollback);
            facts.tell_rollback(RollbackStanding::of_state(&state, is_undone));
        }
        Some(facts)
    });
    Ok(facts.await?.ok_or(ExportError::NoStart)?)
}

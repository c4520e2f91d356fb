//! Who is signed in, and the runbooks.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use chrono::Utc;
use holdpoint_domain::wire::{EnvironmentBrief, ErrorBody, Me, RunbookBrief, RunbookText};

use super::App;
use super::extract::Name;
use crate::engine::EngineError;
use crate::error::ApiError;
use crate::store::StoreError;

/// Who is signed in, and what this proxy is.
#[utoipa::path(get, path = "/api/me", responses(
    (status = 200, body = Me),
    (status = 401, description = "Nobody is signed in (`signed_out`)", body = ErrorBody),
))]
pub(super) async fn me(State(app): State<Arc<App>>) -> Json<Me> {
    let environments = app
        .config
        .gates
        .environments
        .iter()
        .map(|(name, environment)| EnvironmentBrief {
            name: name.clone(),
            title: environment.title.clone(),
            production: environment.production,
            rehearsal: environment.rehearsal,
            variables: environment.variables.clone(),
            gates: app.config.briefs(name).into_values().collect(),
        });
    Json(Me {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        rehearsal: app.rehearsal.is_some(),
        environments: environments.collect(),
        now: Utc::now(),
    })
}

/// The runbooks, as they are on disk now.
#[utoipa::path(get, path = "/api/runbooks", responses((status = 200, body = Vec<RunbookBrief>)))]
pub(super) async fn list(State(app): State<Arc<App>>) -> Result<Json<Vec<RunbookBrief>>, ApiError> {
    let library = Arc::clone(&app.library);
    Ok(Json(waiting(move || library.briefs()).await?))
}

/// One runbook's text.
#[utoipa::path(get, path = "/api/runbooks/{name}", params(("name" = String, Path)), responses(
    (status = 200, body = RunbookText),
    (status = 404, description = "There is none of this name (`not_found`)", body = ErrorBody),
))]
pub(super) async fn one(State(app): State<Arc<App>>, Name(name): Name) -> Result<Json<RunbookText>, ApiError> {
    let (library, wanted) = (Arc::clone(&app.library), name.clone());
    let entry = waiting(move || library.get(&wanted)).await?;
    let entry = entry.ok_or(EngineError::NoRunbook { name })?;
    let file = &entry.file;
    Ok(Json(RunbookText {
        name: file.name.clone(),
        digest: file.digest.clone(),
        text: file.text.clone(),
    }))
}

/// Reads files on a thread that may wait.
async fn waiting<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, ApiError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| {
        ApiError::Store(StoreError::Failed {
            reason: error.to_string(),
        })
    })
}

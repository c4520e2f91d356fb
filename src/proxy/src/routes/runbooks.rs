//! Who is signed in, and the runbooks.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use chrono::Utc;
use holdpoint_domain::wire::{EnvironmentBrief, ErrorBody, Me, RunbookBrief, RunbookRead};

use super::App;
use super::extract::Name;
use crate::engine::EngineError;
use crate::error::ApiError;
use crate::library::Entry;
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

/// One runbook, read.
#[utoipa::path(get, path = "/api/runbooks/{name}", params(("name" = String, Path)), responses(
    (status = 200, body = RunbookRead),
    (status = 404, description = "There is none of this name (`not_found`)", body = ErrorBody),
))]
pub(super) async fn one(State(app): State<Arc<App>>, Name(name): Name) -> Result<Json<RunbookRead>, ApiError> {
    let entry = entry(&app, name).await?;
    Ok(Json(RunbookRead {
        name: entry.file.name.clone(),
        digest: entry.file.digest.clone(),
        runbook: (&entry.runbook).into(),
    }))
}

/// One runbook's text, as it was written.
#[utoipa::path(get, path = "/api/runbooks/{name}/text", params(("name" = String, Path)), responses(
    (status = 200, description = "Markdown", body = String, content_type = "text/markdown; charset=utf-8"),
    (status = 404, description = "There is none of this name (`not_found`)", body = ErrorBody),
))]
pub(super) async fn text(State(app): State<Arc<App>>, Name(name): Name) -> Result<Response, ApiError> {
    let entry = entry(&app, name).await?;
    let kind = [(CONTENT_TYPE, "text/markdown; charset=utf-8")];
    Ok((kind, entry.file.text.clone()).into_response())
}

async fn entry(app: &App, name: String) -> Result<Arc<Entry>, ApiError> {
    let (library, wanted) = (Arc::clone(&app.library), name.clone());
    let entry = waiting(move || library.get(&wanted)).await?;
    Ok(entry.ok_or(EngineError::NoRunbook { name })?)
}

/// Works on a thread that may wait.
async fn waiting<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, ApiError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| {
        ApiError::Store(StoreError::Failed {
            reason: error.to_string(),
        })
    })
}

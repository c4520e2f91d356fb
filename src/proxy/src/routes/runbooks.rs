//! Who is signed in, and the runbooks.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use holdpoint_domain::wire::{EnvironmentBrief, ErrorBody, Me, RunbookBrief, RunbookRead};
use tokio::task::spawn_blocking;

use super::extract::{Json, Path};
use crate::clock::now;
use crate::config::Config;
use crate::engine::EngineError;
use crate::error::ApiError;
use crate::library::{Entry, Library};
use crate::rehearsal::Rehearsal;

/// Who is signed in, and what this proxy is.
#[utoipa::path(get, path = "/me", responses(
    (status = 200, body = Me),
    (status = 401, description = "Nobody is signed in (`signed_out`)", body = ErrorBody),
))]
pub(super) async fn me(State(config): State<Arc<Config>>, State(rehearsal): State<Option<Arc<Rehearsal>>>) -> Json<Me> {
    let environments = config
        .gates
        .environments
        .iter()
        .map(|(name, environment)| EnvironmentBrief {
            name: name.clone(),
            title: environment.title.clone(),
            production: environment.production,
            rehearsal: environment.rehearsal,
            variables: environment.variables.clone(),
            gates: config.gate_list(name),
        });
    Json(Me {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        rehearsal: rehearsal.is_some(),
        environments: environments.collect(),
        now: now(),
    })
}

/// The runbooks, as they are on disk now.
#[utoipa::path(get, path = "/runbooks", responses((status = 200, body = Vec<RunbookBrief>)))]
pub(super) async fn list(State(library): State<Arc<Library>>) -> Result<Json<Vec<RunbookBrief>>, ApiError> {
    Ok(Json(spawn_blocking(move || library.briefs()).await?))
}

/// One runbook, read.
#[utoipa::path(get, path = "/runbooks/{name}", params(("name" = String, Path)), responses(
    (status = 200, body = RunbookRead),
    (status = 404, description = "There is none of this name (`not_found`)", body = ErrorBody),
))]
pub(super) async fn one(
    State(library): State<Arc<Library>>,
    Path(name): Path<String>,
) -> Result<Json<RunbookRead>, ApiError> {
    let entry = entry(library, name).await?;
    Ok(Json(RunbookRead {
        name: entry.file.name.clone(),
        digest: entry.file.digest.clone(),
        runbook: (&entry.runbook).into(),
    }))
}

/// One runbook's text, as it was written.
#[utoipa::path(get, path = "/runbooks/{name}/text", params(("name" = String, Path)), responses(
    (status = 200, description = "Markdown", body = String, content_type = "text/markdown; charset=utf-8"),
    (status = 404, description = "There is none of this name (`not_found`)", body = ErrorBody),
))]
pub(super) async fn text(
    State(library): State<Arc<Library>>,
    Path(name): Path<String>,
) -> Result<impl IntoResponse, ApiError> {
    let entry = entry(library, name).await?;
    let content_type = [(CONTENT_TYPE, "text/markdown; charset=utf-8")];
    Ok((content_type, entry.file.text.clone()))
}

async fn entry(library: Arc<Library>, name: String) -> Result<Arc<Entry>, ApiError> {
    let wanted = name.clone();
    let entry = spawn_blocking(move || library.get(&wanted)).await?;
    Ok(entry.ok_or(EngineError::NoRunbook { name })?)
}

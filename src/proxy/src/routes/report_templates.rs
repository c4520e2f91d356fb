//! A team's own reports: which there are, and a session as one of them.

use std::io::Write;
use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use holdpoint_domain::session::SessionId;
use holdpoint_domain::wire::{ErrorBody, export_name};
use tokio::task::spawn_blocking;

use super::extract::{Json, Path};
use crate::config::Config;
use crate::engine::Engine;
use crate::error::ApiError;
use crate::exports::{ExportFailure, SessionExport, body_of, turn};
use crate::report_templates::{file_of, files, read};
use crate::store::Store;

/// The names of the files in the folder `templates` beside the runbooks, as they are now.
#[utoipa::path(get, path = "/report-templates", responses((status = 200, body = Vec<String>)))]
pub(super) async fn list(State(config): State<Arc<Config>>) -> Result<Json<Vec<String>>, ApiError> {
    Ok(Json(listed(config).await?))
}

async fn listed(config: Arc<Config>) -> Result<Vec<String>, ApiError> {
    let found = spawn_blocking(move || files(&config.dir)).await?;
    Ok(found.unwrap_or_else(|error| {
        tracing::error!(%error, "the templates of reports cannot be listed");
        Vec::new()
    }))
}

/// A session's report as a template makes it. Where the template cannot be used, the shipped report with a notice at its head.
#[utoipa::path(get, path = "/sessions/{id}/report/{template}",
    params(("id" = uuid::Uuid, Path), ("template" = String, Path)), responses(
    (status = 200, description = "The file", body = String),
    (status = 404, description = "There is no such session or template (`not_found`)", body = ErrorBody),
    (status = 503, description = "Eight exports are being made or downloaded already (`unavailable`)", body = ErrorBody),
))]
pub(super) async fn report(
    State(engine): State<Arc<Engine>>,
    State(store): State<Arc<dyn Store>>,
    State(config): State<Arc<Config>>,
    Path((id, template)): Path<(SessionId, String)>,
) -> Result<impl IntoResponse, ApiError> {
    let Some(file) = file_of(&listed(Arc::clone(&config)).await?, &template) else {
        return Err(ApiError::NotFound {
            message: format!("There is no template {template} in the folder of templates."),
        });
    };
    let turn = turn()?;
    let export = SessionExport::prepare(store, id).await;
    let unreadable = match &export {
        Err(ExportFailure::Store(error)) => Some(error),
        _ => None,
    };
    engine.note_reading(id, unreadable);
    let export = export?;
    let started = export.started_at();
    let stem = file.rsplit_once('.').map_or("", |(stem, _)| stem).to_owned();
    // A long log takes a while to write, and others wait on this thread.
    let made = spawn_blocking(move || export.by_template(read(&config.dir, &file)))
        .await?
        .map_err(ExportFailure::from)?;
    if let Some(problem) = &made.problem {
        tracing::warn!(%problem, session = %id, "a template could not be used");
    }
    let plain: String = stem
        .chars()
        .filter(|one| one.is_ascii_alphanumeric() || "-_".contains(*one))
        .collect();
    let name = format!(
        "attachment; filename=\"{}-{plain}.{}\"",
        export_name(started, id),
        made.format.ending()
    );
    let headers = [
        (header::CONTENT_TYPE, made.format.media_type().to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    let write = move |out: &mut dyn Write| {
        let _turn = turn;
        Ok(out.write_all(made.text.as_bytes())?)
    };
    Ok((headers, body_of(write).await?))
}

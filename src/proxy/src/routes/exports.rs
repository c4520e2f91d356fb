//! A session's log as a file.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use holdpoint_domain::session::SessionId;
use holdpoint_domain::wire::{ErrorBody, export_name};
use holdpoint_report::Format;
use serde::Deserialize;
use tokio::task::spawn_blocking;
use utoipa::IntoParams;

use super::extract::{Path, Query};
use crate::engine::Engine;
use crate::error::ApiError;
use crate::links::linked_sessions;
use crate::store::Store;

/// The format of an export.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ExportFormat {
    /// `md`, `json`, `csv` or `html`.
    #[param(value_type = String)]
    format: Format,
}

/// A session's log: an incident report (`md`, `html`), everything with its chain (`json`), or the timeline (`csv`). Each says how the
/// sessions stand that it is linked with.
#[utoipa::path(get, path = "/sessions/{id}/export", params(("id" = uuid::Uuid, Path), ExportFormat), responses(
    (status = 200, description = "The file", body = String),
    (status = 400, description = "There is no such format (`malformed`)", body = ErrorBody),
    (status = 404, description = "There is no such session (`not_found`)", body = ErrorBody),
))]
pub(super) async fn export(
    State(engine): State<Arc<Engine>>,
    State(store): State<Arc<dyn Store>>,
    Path(id): Path<SessionId>,
    Query(ExportFormat { format }): Query<ExportFormat>,
) -> Result<impl IntoResponse, ApiError> {
    let records = engine.events(id, 0).await?;
    let number = store.number_of_day(id).await?;
    let linked = linked_sessions(&*store, id, &records).await?;
    let started = records.first().map(|first| first.at).unwrap_or_default();
    // A long log takes a while to write, and others wait on this thread.
    let text = spawn_blocking(move || holdpoint_report::export(&records, number, linked, format)).await??;
    let name = format!(
        "attachment; filename=\"{}.{}\"",
        export_name(started, id),
        format.ending()
    );
    let headers = [
        (header::CONTENT_TYPE, format.media_type().to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, text))
}

//! A session's log as a file.

use std::io::Write;
use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use holdpoint_domain::session::SessionId;
use holdpoint_domain::wire::{ErrorBody, export_name};
use holdpoint_report::Format;
use serde::Deserialize;
use utoipa::IntoParams;

use super::extract::{Path, Query};
use crate::engine::Engine;
use crate::error::ApiError;
use crate::exports::{ExportFailure, SCHEMA, SessionExport, body_of, turn};
use crate::store::Store;

/// The format of an export.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ExportFormat {
    /// `md`, `html`, `json`, `csv` or `zip`.
    #[param(value_type = String)]
    format: Format,
}

/// A session's log: an incident report (`md`, `html`), everything with its chain (`json`), the timeline (`csv`), or all of
/// these in one archive (`zip`). Each says how the sessions stand that it is linked with. The body is sent while it is made, and breaks
/// off without an end where the log cannot be read on.
#[utoipa::path(get, path = "/sessions/{id}/export", params(("id" = uuid::Uuid, Path), ExportFormat), responses(
    (status = 200, description = "The file", body = String),
    (status = 400, description = "There is no such format (`malformed`)", body = ErrorBody),
    (status = 404, description = "There is no such session (`not_found`)", body = ErrorBody),
    (status = 503, description = "Eight exports are being made or downloaded already (`unavailable`)", body = ErrorBody),
))]
pub(super) async fn export(
    State(engine): State<Arc<Engine>>,
    State(store): State<Arc<dyn Store>>,
    Path(id): Path<SessionId>,
    Query(ExportFormat { format }): Query<ExportFormat>,
) -> Result<impl IntoResponse, ApiError> {
    let turn = turn()?;
    let export = SessionExport::prepare(store, id).await;
    let unreadable = match &export {
        Err(ExportFailure::Store(error)) => Some(error),
        _ => None,
    };
    engine.note_reading(id, unreadable);
    let export = export?;
    let name = format!(
        "attachment; filename=\"{}.{}\"",
        export_name(export.started_at(), id),
        format.ending()
    );
    let headers = [
        (header::CONTENT_TYPE, format.media_type().to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    let write = move |out: &mut dyn Write| {
        let _turn = turn;
        export.write(out, format)
    };
    Ok((headers, body_of(write).await?))
}

/// The JSON Schema of the JSON export.
#[utoipa::path(get, path = "/export.schema.json", responses((status = 200, description = "JSON Schema 2020-12")))]
pub(super) async fn export_schema() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/schema+json")], SCHEMA)
}

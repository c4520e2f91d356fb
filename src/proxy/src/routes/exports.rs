//! A session's log as a file.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use holdpoint_domain::wire::{ErrorBody, export_name};
use holdpoint_report::Format;
use serde::Deserialize;
use utoipa::IntoParams;

use super::App;
use super::extract::{Id, Values};
use crate::engine::number_of;
use crate::error::ApiError;
use crate::store::StoreError;

/// The format of an export.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// `md`, `json`, `csv` or `html`.
    #[param(value_type = String)]
    format: Format,
}

/// A session's log: an incident report (`md`, `html`), everything with its chain (`json`), or the timeline (`csv`).
#[utoipa::path(get, path = "/api/sessions/{id}/export", params(("id" = uuid::Uuid, Path), Wanted), responses(
    (status = 200, description = "The file", body = String),
    (status = 400, description = "There is no such format (`malformed`)", body = ErrorBody),
    (status = 404, description = "There is no such session (`not_found`)", body = ErrorBody),
))]
pub(super) async fn export(
    State(app): State<Arc<App>>,
    Id(id): Id,
    Values(Wanted { format }): Values<Wanted>,
) -> Result<Response, ApiError> {
    let records = app.engine.events(id, 0).await?;
    let number = number_of(&app.engine.sessions().await?, id);
    let started = records.first().map(|first| first.at).unwrap_or_default();
    // A long log takes a while to write, and others wait on this thread.
    let written = tokio::task::spawn_blocking(move || holdpoint_report::export(&records, number, format)).await;
    let text = written.map_err(|error| StoreError::Failed {
        reason: error.to_string(),
    })??;
    let name = format!(
        "attachment; filename=\"{}.{}\"",
        export_name(started, id),
        format.ending()
    );
    let headers = [
        (header::CONTENT_TYPE, format.media_type().to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, text).into_response())
}

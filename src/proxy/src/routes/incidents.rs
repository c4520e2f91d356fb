//! The incident log, and the facts of a session for its post-mortem.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use holdpoint_domain::session::SessionId;
use holdpoint_domain::wire::{ErrorBody, IncidentLog, SessionFacts};
use holdpoint_report::{incidents_csv, incidents_md};
use serde::Deserialize;
use utoipa::IntoParams;

use super::extract::{Json, Path, Query};
use crate::clock::now;
use crate::engine::Engine;
use crate::error::ApiError;
use crate::incidents::Incidents;

/// Which part of the incident log, and as what.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct WhichIncidents {
    /// Only sessions that are older than this one.
    #[param(value_type = Option<uuid::Uuid>)]
    before: Option<SessionId>,
    /// Rehearsals, and nothing else.
    #[serde(default)]
    rehearsals: bool,
    /// `json` (the default), `md` or `csv`.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    format: LogFormat,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum LogFormat {
    #[default]
    Json,
    Md,
    Csv,
}

/// The incidents among the newest 1,000 sessions and those that are open, newest first; with `before`, among the 1,000 before that one.
/// Emergencies, releases that were rolled back or given up, and sessions of which a person said a severity.
#[utoipa::path(get, path = "/incidents", params(WhichIncidents), responses(
    (status = 200, description = "The log; with `format=md` or `csv` as a file", body = IncidentLog),
    (status = 400, description = "A parameter cannot be read (`malformed`)", body = ErrorBody),
))]
pub(super) async fn incidents(
    State(engine): State<Arc<Engine>>,
    State(incidents): State<Arc<Incidents>>,
    Query(which): Query<WhichIncidents>,
) -> Result<Response, ApiError> {
    let log = incidents.log(&engine, which.before, which.rehearsals, now()).await?;
    let file = |media: &str, ending: &str, text: String| {
        let name = format!("attachment; filename=\"incidents-{}.{ending}\"", log.today);
        let headers = [
            (header::CONTENT_TYPE, media.to_owned()),
            (header::CONTENT_DISPOSITION, name),
        ];
        (headers, text).into_response()
    };
    Ok(match which.format {
        LogFormat::Json => Json(log).into_response(),
        LogFormat::Md => file("text/markdown; charset=utf-8", "md", incidents_md(&log)),
        LogFormat::Csv => file("text/csv; charset=utf-8", "csv", incidents_csv(&log)?),
    })
}

/// What follows from a session's events for its post-mortem: the id of its report, the severity that they suggest, how long it was on
/// hold.
#[utoipa::path(get, path = "/sessions/{id}/facts", params(("id" = uuid::Uuid, Path)), responses(
    (status = 200, body = SessionFacts),
    (status = 404, description = "There is no such session (`not_found`)", body = ErrorBody),
    (status = 409, description = "An event of it cannot be read (`unreadable`)", body = ErrorBody),
))]
pub(super) async fn facts(
    State(engine): State<Arc<Engine>>,
    State(incidents): State<Arc<Incidents>>,
    Path(id): Path<SessionId>,
) -> Result<Json<SessionFacts>, ApiError> {
    Ok(Json(incidents.facts(&engine, id).await?))
}

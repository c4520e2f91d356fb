//! What machines ask about the proxy itself.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use holdpoint_domain::wire::ErrorBody;

use super::App;
use crate::error::ApiError;
use crate::store::StoreError;

/// Whether the process lives.
#[utoipa::path(get, path = "/healthz", responses((status = 200, description = "It lives", body = String)))]
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// Whether it can take requests: the database answers, and it is not stopping.
#[utoipa::path(get, path = "/readyz", responses(
    (status = 200, description = "It can", body = String),
    (status = 503, description = "It cannot (`unavailable`)", body = ErrorBody),
))]
pub(super) async fn readyz(State(app): State<Arc<App>>) -> Result<&'static str, ApiError> {
    if app.ending.is_cancelled() {
        return Err(StoreError::Closed.into());
    }
    app.engine.store.ready().await?;
    Ok("ready\n")
}

/// Numbers, as Prometheus reads them.
#[utoipa::path(get, path = "/metrics", responses((status = 200, description = "Prometheus text", body = String)))]
pub(super) async fn metrics(State(app): State<Arc<App>>) -> Result<Response, ApiError> {
    let sessions = app.engine.store.sessions().await?;
    let open = sessions.iter().filter(|row| !row.closed).count();
    let text = app.engine.metrics.render(open, app.engine.hub.viewers());
    Ok((
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        text,
    )
        .into_response())
}

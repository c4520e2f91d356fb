//! What machines ask about the proxy itself.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use holdpoint_domain::wire::ErrorBody;
use tokio_util::sync::CancellationToken;

use crate::error::ApiError;
use crate::live::Hub;
use crate::metrics::Metrics;
use crate::store::{Store, StoreError};

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
pub(super) async fn readyz(
    State(shutdown): State<CancellationToken>,
    State(store): State<Arc<dyn Store>>,
) -> Result<&'static str, ApiError> {
    if shutdown.is_cancelled() {
        return Err(StoreError::Closed.into());
    }
    store.ready().await?;
    Ok("ready\n")
}

/// Counters and histograms, as Prometheus reads them.
#[utoipa::path(get, path = "/metrics", responses((status = 200, description = "Prometheus text", body = String)))]
pub(super) async fn metrics(
    State(store): State<Arc<dyn Store>>,
    State(hub): State<Arc<Hub>>,
    State(metrics): State<Arc<Metrics>>,
) -> Result<impl IntoResponse, ApiError> {
    let open = store.count_open().await?;
    let content_type = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    Ok((content_type, metrics.render(open, hub.viewers())))
}

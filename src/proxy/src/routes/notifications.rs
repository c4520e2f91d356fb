//! How notifications go.

use std::sync::Arc;

use axum::extract::State;
use holdpoint_domain::wire::Notifications;

use super::extract::Json;
use crate::notify::Statuses;

/// How messages reach each target of notifications.toml.
#[utoipa::path(get, path = "/notifications", responses((status = 200, body = Notifications)))]
pub(super) async fn notifications(State(statuses): State<Arc<Statuses>>) -> Json<Notifications> {
    Json(statuses.read())
}

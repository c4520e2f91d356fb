//! The description of this API for programs.

use axum::Json;
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Description;

use super::{exports, health, rehearsal, runbooks, sessions, stream};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Holdpoint",
        description = "The gate proxy. Every address under /api but this one needs the cookie that the one-time link \
                       gives, or a configured bearer token. Errors come as `{error: {code, message, details}}`."
    ),
    paths(
        runbooks::me,
        runbooks::list,
        runbooks::one,
        runbooks::text,
        sessions::list,
        sessions::start,
        sessions::one,
        sessions::events,
        sessions::command,
        sessions::observe,
        stream::stream,
        exports::export,
        rehearsal::faults,
        rehearsal::set_fault,
        health::healthz,
        health::readyz,
        health::metrics,
        openapi,
    ),
    components(schemas(holdpoint_domain::wire::Live))
)]
struct Api;

/// This description.
#[utoipa::path(get, path = "/api/openapi.json", responses((status = 200, description = "OpenAPI 3.1")))]
pub(super) async fn openapi() -> Json<Description> {
    Json(Api::openapi())
}

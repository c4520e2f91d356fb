//! The description of this API for programs, made from the routes themselves.

use std::sync::LazyLock;

use axum::Json;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Holdpoint",
        description = "The gate proxy. Every address under /api but this one needs the cookie that the one-time link \
                       gives, or a configured bearer token. Errors come as `{error: {code, message, details}}`."
    ),
    components(schemas(
        holdpoint_domain::wire::Live,
        holdpoint_domain::wire::SessionLive,
        holdpoint_domain::wire::SessionEnded,
        holdpoint_domain::wire::OutcomeFilter,
        holdpoint_domain::wire::Rehearsals
    ))
)]
struct Info;

pub(super) static DOCUMENT: LazyLock<utoipa::openapi::OpenApi> = LazyLock::new(|| {
    OpenApiRouter::with_openapi(Info::openapi())
        .merge(super::open())
        .nest("/api", super::api())
        .into_openapi()
});

/// This description.
#[utoipa::path(get, path = "/api/openapi.json", responses((status = 200, description = "OpenAPI 3.1")))]
pub(super) async fn openapi() -> Json<&'static utoipa::openapi::OpenApi> {
    Json(&DOCUMENT)
}

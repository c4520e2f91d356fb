//! The addresses that the proxy answers. See `docs/API.md`, and `docs/ARCHITECTURE.md` for the layers in their order.

mod checks;
mod compare;
mod content_policy;
mod drills;
mod exports;
mod extract;
mod health;
mod history;
mod incidents;
mod many_sessions;
mod middleware;
mod notifications;
mod openapi;
mod pages;
mod pipeline;
mod principal;
mod rehearsal;
mod report_templates;
mod return_path;
mod runbooks;
mod search;
mod sessions;
mod sign_in_page;
mod state;
mod status;
mod stream;
mod templates;
#[cfg(test)]
mod tests;
mod watch_facts;
mod watch_page;

use std::sync::Arc;
use std::time::Duration;

use axum::error_handling::HandleErrorLayer;
use axum::extract::DefaultBodyLimit;
use axum::http::Method;
use axum::middleware::{from_extractor_with_state, map_request_with_state};
use axum::{BoxError, Router};
use tower::ServiceBuilder;
use tower::timeout::TimeoutLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::{ApiError, BODY_LIMIT};
use principal::Principal;
pub use state::{AppState, SecureCookies};

/// How long a request may take. Streams, exports and checks of gates are exempt: the first do not end, the
/// second are as long as the log, and the third have the gate's own limit.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// Everything that the proxy answers.
pub fn router(state: AppState) -> Router {
    let (api, _) = api().split_for_parts();
    let api = api
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        // Layers, and not route layers, so that nothing under /api tells without sign-in whether it is there.
        .layer(from_extractor_with_state::<Principal, _>(Arc::clone(&state.auth)))
        .layer(map_request_with_state(
            Arc::clone(&state.allowed_origins),
            middleware::check_origin,
        ));
    let (open, _) = open().split_for_parts();
    let router = open
        .merge(sign_in(&state))
        .merge(watch(&state))
        .method_not_allowed_fallback(method_not_allowed)
        .nest("/api", api)
        .fallback_service(pages::service(&state.config))
        .layer(DefaultBodyLimit::max(BODY_LIMIT));
    middleware::around(router, &state).with_state(state)
}

/// Where a one-time link leads. Nobody is signed in there yet, so that the time for the body is limited, too.
fn sign_in(state: &AppState) -> Router<AppState> {
    let check_origin = map_request_with_state(Arc::clone(&state.allowed_origins), middleware::check_origin);
    let uses_up = axum::routing::post(pages::sign_in).layer(check_origin);
    let methods = axum::routing::get(pages::ask_to_sign_in).merge(uses_up);
    let route = OpenApiRouter::from(Router::new().route("/sign-in", methods));
    with_time_limit(route).split_for_parts().0
}

/// The watch page reads a log before it answers, so that its time is limited, too.
fn watch(state: &AppState) -> Router<AppState> {
    with_time_limit(OpenApiRouter::from(pages::watch(&state.config)))
        .split_for_parts()
        .0
}

/// What needs sign-in, without its prefix /api.
fn api() -> OpenApiRouter<AppState> {
    let timed = OpenApiRouter::new()
        .routes(routes!(runbooks::me))
        .routes(routes!(pages::sign_out))
        .routes(routes!(runbooks::list))
        .routes(routes!(runbooks::one))
        .routes(routes!(runbooks::text))
        .routes(routes!(search::find))
        .routes(routes!(sessions::list, sessions::start))
        .routes(routes!(history::search))
        .routes(routes!(history::choices))
        .routes(routes!(history::statistics))
        .routes(routes!(sessions::one))
        .routes(routes!(sessions::events))
        .routes(routes!(sessions::command))
        .routes(routes!(sessions::observe))
        .routes(routes!(sessions::declaration))
        .routes(routes!(incidents::incidents))
        .routes(routes!(incidents::facts))
        .routes(routes!(report_templates::list))
        .routes(routes!(compare::compare))
        .routes(routes!(status::status))
        .routes(routes!(watch_facts::facts))
        .routes(routes!(pipeline::pipeline))
        .routes(routes!(status::status_badge))
        .routes(routes!(notifications::notifications))
        .routes(routes!(checks::gates))
        .routes(routes!(rehearsal::faults))
        .routes(routes!(rehearsal::set_fault))
        .routes(routes!(rehearsal::direct))
        .routes(routes!(drills::offers))
        .routes(routes!(drills::score))
        .routes(routes!(drills::history));
    with_time_limit(timed)
        .routes(routes!(checks::check))
        .routes(routes!(stream::stream))
        .routes(routes!(many_sessions::stream))
        .routes(routes!(exports::export))
        .routes(routes!(report_templates::report))
        .routes(routes!(exports::export_schema))
}

/// Ends requests that take too long. tower-http's layer would answer without our envelope.
fn with_time_limit<S: Clone + Send + Sync + 'static>(router: OpenApiRouter<S>) -> OpenApiRouter<S> {
    router.layer(
        ServiceBuilder::new()
            .layer(HandleErrorLayer::new(timed_out))
            .layer(TimeoutLayer::new(REQUEST_TIMEOUT)),
    )
}

/// What machines ask without sign-in.
fn open() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(openapi::openapi))
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
        .routes(routes!(health::metrics))
}

async fn not_found() -> ApiError {
    ApiError::NotFound {
        message: "There is nothing at this address. See /api/openapi.json for what there is.".to_owned(),
    }
}

async fn method_not_allowed(method: Method) -> ApiError {
    ApiError::MethodNotAllowed {
        method: method.to_string(),
    }
}

/// An answer to the time limit's error, which is the only one that there is.
async fn timed_out(_: BoxError) -> ApiError {
    ApiError::TimedOut
}

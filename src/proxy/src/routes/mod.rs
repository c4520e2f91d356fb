//! The addresses that the proxy answers. See `docs/API.md`.

mod exports;
mod extract;
mod health;
mod middleware;
mod openapi;
mod pages;
mod rehearsal;
mod runbooks;
mod sessions;
mod stream;

use std::sync::Arc;

use axum::Router;
use axum::http::Method;
use axum::routing::{get, post, put};
use tokio_util::sync::CancellationToken;

use crate::auth::Auth;
use crate::auth::guard::Guard;
use crate::config::Config;
use crate::engine::Engine;
use crate::error::ApiError;
use crate::library::Library;
use crate::rehearsal::Rehearsal;

/// Bytes that a request's body may have.
pub const BODY_LIMIT: usize = 256 * 1024;

/// What answers are made from.
pub struct App {
    /// Sessions.
    pub engine: Arc<Engine>,
    /// Who may ask.
    pub auth: Auth,
    /// From where.
    pub guard: Guard,
    /// Environments and gates.
    pub config: Arc<Config>,
    /// Runbooks.
    pub library: Arc<Library>,
    /// The stand-in platform, in a rehearsal.
    pub rehearsal: Option<Arc<Rehearsal>>,
    /// People reach the proxy over HTTPS, so that cookies can be kept to it.
    pub secure: bool,
    /// When the proxy ends.
    pub ending: CancellationToken,
}

/// Everything that the proxy answers.
pub fn router(app: Arc<App>) -> Router {
    let signed_in = Router::new()
        .route("/me", get(runbooks::me))
        .route("/runbooks", get(runbooks::list))
        .route("/runbooks/{name}", get(runbooks::one))
        .route("/runbooks/{name}/text", get(runbooks::text))
        .route("/sessions", get(sessions::list).post(sessions::start))
        .route("/sessions/{id}", get(sessions::one))
        .route("/sessions/{id}/events", get(sessions::events))
        .route("/sessions/{id}/stream", get(stream::stream))
        .route("/sessions/{id}/commands", post(sessions::command))
        .route("/sessions/{id}/observations", post(sessions::observe))
        .route("/sessions/{id}/export", get(exports::export))
        .route("/rehearsal/faults", get(rehearsal::faults))
        .route("/rehearsal/faults/{id}", put(rehearsal::set_fault))
        .fallback(nothing)
        .method_not_allowed_fallback(wrong_method)
        .layer(axum::middleware::from_fn_with_state(
            Arc::clone(&app),
            middleware::signed_in,
        ));
    let open = Router::new()
        .route("/api/openapi.json", get(openapi::openapi))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
        .route("/sign-in", get(pages::sign_in))
        .fallback(pages::page)
        .method_not_allowed_fallback(wrong_method);
    let policy = Arc::new(middleware::Policy::new(&app.config));
    open.nest("/api", signed_in)
        .layer(axum::middleware::from_fn_with_state(
            Arc::clone(&app),
            middleware::known_host,
        ))
        .layer(axum::middleware::from_fn(middleware::no_panic))
        .layer(axum::middleware::from_fn_with_state(policy, middleware::headers))
        .layer(axum::middleware::from_fn_with_state(
            Arc::clone(&app),
            middleware::count,
        ))
        .with_state(app)
}

async fn nothing() -> ApiError {
    ApiError::NotFound {
        message: "There is nothing at this address. See /api/openapi.json for what there is.".to_owned(),
    }
}

async fn wrong_method(method: Method) -> ApiError {
    ApiError::Method {
        method: method.to_string(),
    }
}

//! What every request goes through, whichever route it takes.

use std::any::Any;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{Next, from_fn_with_state, map_request, map_request_with_state, map_response};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use holdpoint_domain::wire::ErrorBody;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, RequestId, SetRequestIdLayer};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::set_header::response::SetMultipleResponseHeadersLayer;
use tower_http::trace::TraceLayer;
use tracing::Span;

use super::AppState;
use crate::auth::origin::AllowedOrigins;
use crate::error::ApiError;
use crate::metrics::Metrics;

const FIXED_HEADERS: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=()",
    ),
    (header::X_FRAME_OPTIONS, "DENY"),
];

/// The Content-Security-Policy of answers that load nothing: JSON, text, and pages without scripts or styles.
const NO_CONTENT_POLICY: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

const REQUEST_ID: &str = "x-request-id";
/// Characters of an id that a client gives its request.
const MAX_REQUEST_ID: usize = 64;

/// Puts the layers that are the same for all routes around them. A request meets them from the first to the last.
pub(super) fn around(router: Router<AppState>, state: &AppState) -> Router<AppState> {
    let fixed = FIXED_HEADERS.map(|(name, value)| (name, HeaderValue::from_static(value)).into());
    let layers = ServiceBuilder::new()
        .layer(map_request(check_request_id))
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(request_span)
                .on_request(())
                // Server errors are logged where they become answers.
                .on_failure(()),
        )
        .layer(map_response(add_request_id))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(from_fn_with_state(Arc::clone(&state.metrics), track_metrics))
        .layer(SetMultipleResponseHeadersLayer::overriding(fixed.into()))
        // The page has a policy of its own.
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(NO_CONTENT_POLICY),
        ))
        // What was right a moment ago may be wrong now, and none of it belongs on a shared disk.
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(map_request_with_state(Arc::clone(&state.allowed_origins), check_host));
    router.layer(layers)
}

/// Takes an id away that is not fit for the log and for answers, so that the request gets a new one.
async fn check_request_id(mut request: Request) -> Request {
    let fit =
        |id: &HeaderValue| (1..=MAX_REQUEST_ID).contains(&id.len()) && id.as_bytes().iter().all(u8::is_ascii_graphic);
    if !request.headers().get_all(REQUEST_ID).iter().all(fit) {
        request.headers_mut().remove(REQUEST_ID);
    }
    request
}

/// The route's pattern and never the address: that of the sign-in link holds a secret.
fn request_span(request: &Request) -> Span {
    let id = request.extensions().get::<RequestId>();
    let id = id.and_then(|id| id.header_value().to_str().ok()).unwrap_or_default();
    tracing::info_span!("request", id, method = %request.method(), path = route(request))
}

fn route(request: &Request) -> &str {
    request
        .extensions()
        .get::<MatchedPath>()
        .map_or("(page)", MatchedPath::as_str)
}

/// Names the request in the envelope of a server error, so that people can name it to whoever reads the log.
async fn add_request_id(mut response: Response) -> Response {
    let Some(mut body) = response.extensions_mut().remove::<ErrorBody>() else {
        return response;
    };
    let (mut parts, _) = response.into_parts();
    if let Some(id) = parts.headers.get(REQUEST_ID).and_then(|id| id.to_str().ok()) {
        body.error.details.insert("request_id".to_owned(), id.to_owned());
    }
    parts.headers.remove(header::CONTENT_LENGTH);
    (parts, Json(body)).into_response()
}

async fn track_metrics(State(metrics): State<Arc<Metrics>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = request.method().clone();
    let route = route(&request).to_owned();
    let response = next.run(request).await;
    metrics.answered(&method, &route, response.status().as_u16(), begun.elapsed());
    response
}

/// A panic in one request is an answer to that request, and nobody else's concern. What was said stays in the log.
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    tracing::error!(panic = text.unwrap_or_default(), "a handler panicked");
    ApiError::Panicked.into_response()
}

/// Refuses requests to names that are not ours. Probes that ask by an address of their own learn only whether the proxy
/// lives, so they are let through.
async fn check_host(State(allowed): State<Arc<AllowedOrigins>>, request: Request) -> Result<Request, ApiError> {
    let probe = matches!(request.uri().path(), "/healthz" | "/readyz");
    if !probe {
        allowed.check_host(request.uri(), request.headers())?;
    }
    Ok(request)
}

/// Refuses requests that another site's page sends.
pub(super) async fn check_origin(
    State(allowed): State<Arc<AllowedOrigins>>,
    request: Request,
) -> Result<Request, ApiError> {
    allowed.check_origin(request.method(), request.headers())?;
    Ok(request)
}

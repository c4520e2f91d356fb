//! What every request goes through.

use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use futures::FutureExt;

use super::App;
use crate::auth::{COOKIE, nonce};
use crate::config::Config;
use crate::error::ApiError;

/// The nonce of an answer, for the page.
#[derive(Clone, Debug)]
pub(super) struct Nonce(pub(super) String);

/// Where the page may connect to: this proxy, and what `direct` gates ask.
#[derive(Debug)]
pub(super) struct Policy {
    connect: String,
}

impl Policy {
    pub(super) fn new(config: &Config) -> Self {
        let mut origins = BTreeSet::new();
        for environment in config.gates.environments.keys() {
            let urls = config
                .briefs(environment)
                .into_values()
                .filter_map(|brief| brief.direct_url);
            // An address whose host only a session knows cannot be named here, and the browser then refuses to ask it.
            let parsed = urls.filter_map(|url| reqwest::Url::parse(&url).ok());
            origins.extend(
                parsed
                    .map(|url| url.origin())
                    .filter(|origin| origin.is_tuple())
                    .map(|one| one.ascii_serialization()),
            );
        }
        let connect = origins
            .into_iter()
            .fold("'self'".to_owned(), |all, one| format!("{all} {one}"));
        Self { connect }
    }

    fn text(&self, nonce: &str) -> String {
        let connect = &self.connect;
        format!(
            "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; \
             connect-src {connect}; img-src 'self' data:; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; \
             form-action 'self'"
        )
    }
}

/// Security headers, on every answer.
pub(super) async fn headers(State(policy): State<Arc<Policy>>, mut request: Request, next: Next) -> Response {
    let nonce = match nonce() {
        Ok(nonce) => nonce,
        Err(error) => return ApiError::from(error).into_response(),
    };
    let content_policy = policy.text(&nonce);
    request.extensions_mut().insert(Nonce(nonce));
    let mut answer = next.run(request).await;
    let headers = answer.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&content_policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, value);
    }
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=()",
        ),
        (header::X_FRAME_OPTIONS, "DENY"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // What was decided a moment ago may be wrong now, and none of it belongs on a shared disk.
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    answer
}

/// Refuses requests to names that are not ours. Probes that ask by an address of their own learn only whether the proxy
/// lives, so they are let through.
pub(super) async fn known_host(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let probe = matches!(request.uri().path(), "/healthz" | "/readyz");
    if !probe && let Err(foreign) = app.guard.host(request.uri(), request.headers()) {
        return ApiError::from(foreign).into_response();
    }
    next.run(request).await
}

/// Lets those through who are signed in and ask from our own page.
pub(super) async fn signed_in(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    match may_pass(&app, request.method(), request.headers()).await {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

async fn may_pass(app: &App, method: &Method, headers: &HeaderMap) -> Result<(), ApiError> {
    app.guard.origin(method, headers)?;
    if bearer(headers).is_some_and(|token| app.auth.knows_token(token)) {
        return Ok(());
    }
    if is_signed_in(app, headers).await? {
        Ok(())
    } else {
        Err(ApiError::SignedOut)
    }
}

/// Whether the request carries the cookie of a browser that is signed in.
pub(super) async fn is_signed_in(app: &App, headers: &HeaderMap) -> Result<bool, ApiError> {
    let jar = CookieJar::from_headers(headers);
    match jar.get(COOKIE) {
        Some(cookie) => Ok(app.auth.knows_cookie(cookie.value()).await?),
        None => Ok(false),
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// A panic in one request is an answer to that request, and nobody else's concern.
pub(super) async fn no_panic(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(answer) => answer,
        Err(_) => {
            tracing::error!(path, "a request panicked");
            ApiError::Internal.into_response()
        }
    }
}

/// Counts answers.
pub(super) async fn count(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let answer = next.run(request).await;
    app.engine.metrics.answered(answer.status().as_u16());
    answer
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::routing::get;
    use holdpoint_domain::wire::ErrorBody;

    use super::*;

    async fn mistaken() -> &'static str {
        panic!("this handler makes a mistake, on purpose")
    }

    #[tokio::test]
    async fn a_panic_is_an_answer_and_the_next_request_is_served() {
        let routes = Router::new()
            .route("/bad", get(mistaken))
            .route("/good", get(|| async { "good" }));
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = axum::serve(listener, routes.layer(axum::middleware::from_fn(no_panic)));
        tokio::spawn(server.into_future());
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let answer = http.get(format!("{url}/bad")).send().await.unwrap();
        assert_eq!(answer.status(), 500);
        let body: ErrorBody = answer.json().await.unwrap();
        assert_eq!(body.error.code, "internal");
        assert!(
            !body.error.message.contains("on purpose"),
            "what went wrong inside stays in the log"
        );
        assert_eq!(
            http.get(format!("{url}/good"))
                .send()
                .await
                .unwrap()
                .text()
                .await
                .unwrap(),
            "good"
        );
    }
}

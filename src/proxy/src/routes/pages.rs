//! What people open: the sign-in link, and the page.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Extension;
use axum::extract::{Request, State};
use axum::handler::HandlerWithoutStateExt;
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tower::Layer;
use tower::util::BoxCloneSyncService;

use super::content_policy::{ContentPolicy, Nonce, content_security_policy};
use super::extract::Query;

use super::principal::Principal;
use super::{SecureCookies, method_not_allowed, not_found};
use crate::auth::{Auth, COOKIE, COOKIE_DAYS};
use crate::config::Config;
use crate::error::ApiError;
use crate::page;

#[derive(Debug, Deserialize)]
pub(super) struct SignInLink {
    #[serde(default)]
    token: SecretString,
}

/// Turns a one-time link into a cookie.
pub(super) async fn sign_in(
    method: Method,
    principal: Option<Principal>,
    State(auth): State<Arc<Auth>>,
    State(SecureCookies(secure)): State<SecureCookies>,
    jar: CookieJar,
    Query(SignInLink { token }): Query<SignInLink>,
) -> Result<Response, ApiError> {
    // Programs that preview links ask with HEAD, which axum gives to the handler of GET. They must not use the link up.
    if method == Method::HEAD {
        return Err(method_not_allowed(method).await);
    }
    let home = Redirect::to("/");
    // A browser that is signed in already, and opens its old link once more, only wants to go to the page.
    if principal.is_some() {
        return Ok(home.into_response());
    }
    let Some(secret) = auth.sign_in(&token).await? else {
        return Ok((StatusCode::UNAUTHORIZED, Html(REFUSED)).into_response());
    };
    let cookie = Cookie::build((COOKIE, secret.expose_secret().to_owned()))
        .path("/")
        .max_age(time::Duration::days(COOKIE_DAYS))
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(secure);
    Ok((jar.add(cookie), home).into_response())
}

const REFUSED: &str = r#"<!doctype html>
<html lang="en">
  <head><meta charset="utf-8" /><meta name="viewport" content="width=device-width" /><title>Sign-in · Holdpoint</title></head>
  <body>
    <main>
      <h1>This sign-in link is not good any more</h1>
      <p>Each link signs in one browser, once, within a day. A newer link ends the older ones.</p>
      <p>Make a new one where the proxy runs, and open it here:</p>
      <pre>holdpoint token new</pre>
      <p>If this proxy does not use the usual data folder, add <code>--data-dir</code> and its folder.</p>
    </main>
  </body>
</html>
"#;

/// The page's files, and the page itself for every other address that a person could open.
pub(super) fn service(config: &Config) -> BoxCloneSyncService<Request, Response, Infallible> {
    let files = page::assets()
        .call_fallback_on_method_not_allowed(true)
        .fallback(index.into_service());
    let policy = Arc::new(ContentPolicy::new(config));
    let layers = (
        from_fn_with_state(policy, content_security_policy),
        from_fn(cache_control),
    );
    BoxCloneSyncService::new(layers.layer(files))
}

/// A hashed name means that the content never changes; other files are asked for again each time.
async fn cache_control(request: Request, next: Next) -> Response {
    let value = if page::has_hash(request.uri().path()) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let mut response = next.run(request).await;
    let found = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
    if found && !response.headers().contains_key(header::CACHE_CONTROL) {
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(value));
    }
    response
}

async fn index(method: Method, uri: Uri, Extension(Nonce(nonce)): Extension<Nonce>) -> Response {
    if !matches!(method, Method::GET | Method::HEAD) {
        return method_not_allowed(method).await.into_response();
    }
    let path = uri.path();
    // Only the page's own addresses lead to it. A script or picture that is missing must not be answered with a page.
    let is_file = path.ends_with(".br") || mime_guess::from_path(path).first().is_some();
    let is_api = path == "/api" || path.starts_with("/api/");
    if is_api || path.contains("..") || (is_file && path != "/index.html") {
        return not_found().await.into_response();
    }
    ([(header::CACHE_CONTROL, "no-store")], Html(page::index(&nonce))).into_response()
}

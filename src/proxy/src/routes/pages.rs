//! What people open: the sign-in link, and the page.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::extract::Values;
use super::middleware::{Nonce, is_signed_in};
use super::{App, nothing, wrong_method};
use crate::auth::{COOKIE, cookie_seconds};
use crate::error::ApiError;
use crate::page;

/// What a sign-in link carries.
#[derive(Debug, Deserialize)]
pub(super) struct Link {
    #[serde(default)]
    token: String,
}

/// Turns a one-time link into a cookie.
pub(super) async fn sign_in(
    method: Method,
    State(app): State<Arc<App>>,
    Values(Link { token }): Values<Link>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    // Programs that preview links ask with HEAD, which axum gives to the handler of GET. They must not use the link up.
    if method == Method::HEAD {
        return Ok(wrong_method(method).await.into_response());
    }
    // A browser that is signed in already, and opens its old link once more, only wants to go to the page.
    if is_signed_in(&app, &headers).await? {
        return Ok(Redirect::to("/").into_response());
    }
    let Some(secret) = app.auth.sign_in(&token).await? else {
        return Ok((
            StatusCode::UNAUTHORIZED,
            [(header::CONTENT_TYPE, "text/html; charset=utf-8")],
            REFUSED,
        )
            .into_response());
    };
    let secure = if app.secure { "; Secure" } else { "" };
    let seconds = cookie_seconds();
    let cookie = format!("{COOKIE}={secret}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    let mut answer = arrived();
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        answer.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(answer)
}

fn arrived() -> Response {
    Redirect::to("/").into_response()
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
pub(super) async fn page(
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    Extension(Nonce(nonce)): Extension<Nonce>,
) -> Response {
    if !matches!(method, Method::GET | Method::HEAD) {
        return wrong_method(method).await.into_response();
    }
    let path = uri.path().trim_start_matches('/');
    if let Some(answer) = page::asset(path, &headers) {
        return answer;
    }
    // Only the page's own addresses lead to it. A script or picture that is missing must not be answered with a page.
    let is_file = path.ends_with(".br") || mime_guess::from_path(path).first().is_some();
    let is_api = path == "api" || path.starts_with("api/");
    if is_api || path.contains("..") || (is_file && path != "index.html") {
        return nothing().await.into_response();
    }
    page::index(&nonce)
}

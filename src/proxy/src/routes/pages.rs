//! What people open: the sign-in link, and the page.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::rejection::FormRejection;
use axum::extract::{Request, State};
use axum::handler::HandlerWithoutStateExt;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Extension, Form, Router};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use holdpoint_domain::wire::{ErrorBody, SignOut};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tower::Layer;
use tower::util::BoxCloneSyncService;

use super::content_policy::{ContentPolicy, Nonce, content_security_policy};
use super::extract::{Json, Query};
use super::principal::Principal;
use super::return_path::{return_path, returned};
use super::{AppState, SecureCookies, method_not_allowed, not_found, sign_in_page, watch_page};
use crate::auth::{Auth, COOKIE_DAYS};
use crate::config::Config;
use crate::error::ApiError;
use crate::page;

#[derive(Debug, Deserialize)]
pub(super) struct SignInLink {
    #[serde(default)]
    token: SecretString,
}

/// Characters of a link's token at most; those that the proxy makes have 43.
const MAX_TOKEN: usize = 100;

/// Asks whoever opens a one-time link for a click. Programs that preview links, and browsers that load pages ahead, send what this
/// answers: none of them uses a link up.
pub(super) async fn ask_to_sign_in(
    principal: Option<Principal>,
    jar: CookieJar,
    headers: HeaderMap,
    Query(SignInLink { token }): Query<SignInLink>,
) -> Response {
    // A browser that is signed in already, and opens its old link once more, only wants to go to the page.
    if principal.is_some() {
        let page = Redirect::to(&return_path(&jar, &headers));
        return (returned(jar, &headers), page).into_response();
    }
    let token = token.expose_secret();
    // What is put into the page below must not be able to be anything but a value.
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if !(1..=MAX_TOKEN).contains(&token.len()) || !token.bytes().all(is_token) {
        return sign_in_page::refused();
    }
    sign_in_page::ask(token)
}

/// Turns a one-time link into a cookie, and leads to where the browser wanted to go.
pub(super) async fn sign_in(
    principal: Option<Principal>,
    State(auth): State<Arc<Auth>>,
    State(secure): State<SecureCookies>,
    jar: CookieJar,
    headers: HeaderMap,
    form: Result<Form<SignInLink>, FormRejection>,
) -> Result<Response, ApiError> {
    let Form(SignInLink { token }) = form?;
    let page = Redirect::to(&return_path(&jar, &headers));
    // A second click must not use another link up.
    if principal.is_some() {
        return Ok((returned(jar, &headers), page).into_response());
    }
    let Some(secret) = auth.sign_in(&token).await? else {
        return Ok(sign_in_page::refused());
    };
    let age = time::Duration::days(COOKIE_DAYS);
    let cookie = cookie(&auth, secure, secret.expose_secret().to_owned(), age);
    Ok((returned(jar.add(cookie), &headers), page).into_response())
}

/// The cookie. Where it is taken back it must be described as it was when it was given.
fn cookie(auth: &Auth, SecureCookies(secure): SecureCookies, value: String, age: time::Duration) -> Cookie<'static> {
    Cookie::build((auth.cookie_name().to_owned(), value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(secure)
        .max_age(age)
        .build()
}

/// Signs this browser out, or every browser. What has no cookie any more opens nothing within two seconds, and its event streams
/// end within ten.
#[utoipa::path(post, path = "/sign-out", request_body = SignOut, responses(
    (status = 204, description = "It is signed out"),
    (status = 400, description = "A program signs in by its token, which is ended where it is configured (`malformed`)", body = ErrorBody),
))]
pub(super) async fn sign_out(
    principal: Principal,
    State(auth): State<Arc<Auth>>,
    State(secure): State<SecureCookies>,
    Json(SignOut { all }): Json<SignOut>,
) -> Result<Response, ApiError> {
    match (all, principal) {
        (true, _) => auth.sign_all_out().await?,
        (false, Principal::Browser(hash)) => auth.sign_out(&hash).await?,
        (false, Principal::Program) => {
            let message =
                "A program signs in by its token. Take it out of the token file, and start the proxy anew.".to_owned();
            return Err(ApiError::Malformed { message });
        }
    }
    let gone = cookie(&auth, secure, String::new(), time::Duration::ZERO);
    let gone = [(header::SET_COOKIE, gone.to_string())];
    Ok((StatusCode::NO_CONTENT, gone).into_response())
}

/// The page at an address of its own, with the policy that it has everywhere.
pub(super) fn watch(config: &Config) -> Router<AppState> {
    let policy = Arc::new(ContentPolicy::new(config));
    Router::new()
        .route("/watch/{id}", get(watch_page::watch))
        .layer(from_fn_with_state(policy, content_security_policy))
}

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
    ([(header::CACHE_CONTROL, "no-store")], Html(page::index(&nonce, None))).into_response()
}

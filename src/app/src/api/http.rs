//! Requests to the proxy: JSON both ways, a limit on each, and every failure an [`ApiError`].

use std::pin::pin;

use futures::future::{Either, select};
use gloo_net::http::{Request, RequestBuilder, Response};
use gloo_timers::future::TimeoutFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;
use web_sys::{AbortSignal, RequestCache};

use super::error::ApiError;

/// A proxy that has not answered after this long counts as unreachable.
const TIMEOUT_MS: u32 = 30_000;

pub type ApiResult<T> = Result<T, ApiError>;

pub(super) async fn get<T: DeserializeOwned>(url: &str) -> ApiResult<T> {
    let request = with_timeout(Request::get(url)).build()?;
    parse(&text(request).await?)
}

/// The same, as long as it is not given up. Whoever asks gives it up once it fails.
pub(super) async fn get_until<T: DeserializeOwned>(url: &str, given_up: &AbortSignal) -> ApiResult<T> {
    let request = Request::get(url).abort_signal(Some(given_up)).build()?;
    match select(pin!(text(request)), pin!(TimeoutFuture::new(TIMEOUT_MS))).await {
        Either::Left((body, _)) => parse(&body?),
        Either::Right(_) => Err(ApiError::Network {
            reason: "TimeoutError".to_owned(),
        }),
    }
}

/// For an answer of which only that it comes matters. No cache gives it.
pub(super) async fn get_nothing(url: &str) -> ApiResult<()> {
    let request = with_timeout(Request::get(url)).cache(RequestCache::NoStore).build()?;
    text(request).await.map(drop)
}

pub(super) async fn post<T: DeserializeOwned>(url: &str, body: &impl Serialize) -> ApiResult<T> {
    send(Request::post(url), body).await
}

pub(super) async fn put<T: DeserializeOwned>(url: &str, body: &impl Serialize) -> ApiResult<T> {
    send(Request::put(url), body).await
}

/// For an answer without a body.
pub(super) async fn post_for_nothing(url: &str, body: &impl Serialize) -> ApiResult<()> {
    send_for_text(Request::post(url), body).await.map(drop)
}

async fn send<T: DeserializeOwned>(request: RequestBuilder, body: &impl Serialize) -> ApiResult<T> {
    parse(&send_for_text(request, body).await?)
}

async fn send_for_text(request: RequestBuilder, body: &impl Serialize) -> ApiResult<String> {
    let body = serde_json::to_string(body).map_err(|error| ApiError::Unwritable {
        reason: error.to_string(),
    })?;
    let request = with_timeout(request)
        .header("content-type", "application/json")
        .body(body)?;
    text(request).await
}

fn with_timeout(request: RequestBuilder) -> RequestBuilder {
    request.abort_signal(Some(&AbortSignal::timeout_with_u32(TIMEOUT_MS)))
}

/// The body of a 2xx answer. Not generic, so that it is compiled once.
async fn text(request: Request) -> ApiResult<String> {
    let response: Response = request.send().await?;
    let status = response.status();
    let body = response.text().await?;
    if response.ok() {
        Ok(body)
    } else {
        Err(ApiError::from_answer(status, &body))
    }
}

fn parse<T: DeserializeOwned>(body: &str) -> ApiResult<T> {
    serde_json::from_str(body).map_err(ApiError::from)
}

/// Percent-encodes one path segment.
pub(super) fn encode(segment: &str) -> String {
    js_sys::encode_uri_component(segment).into()
}

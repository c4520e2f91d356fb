//! The proxy's HTTP API, as functions. Every failure is an [`ApiError`]; nothing is guessed from a missing answer.

mod error;
pub mod look;
pub mod rehearsal;
pub mod stream;

pub use error::ApiError;

use gloo_net::http::{Request, RequestBuilder, Response};
use holdpoint_domain::session::SessionId;
use holdpoint_domain::wire::{
    Accepted, Me, RunbookBrief, RunbookRead, SendCommand, SendObservation, SessionBrief, SessionRead, StartSession,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use web_sys::AbortSignal;

/// The page waits this long for an answer of the proxy, and then takes the connection for broken.
const TIME_OUT_MS: u32 = 30_000;

/// What a request gives.
pub type ApiResult<T> = Result<T, ApiError>;

/// Who is signed in, and what this proxy is.
pub async fn me() -> ApiResult<Me> {
    get("/api/me").await
}

/// The runbooks.
pub async fn runbooks() -> ApiResult<Vec<RunbookBrief>> {
    get("/api/runbooks").await
}

/// One runbook, as the proxy read it.
pub async fn runbook(name: &str) -> ApiResult<RunbookRead> {
    get(&format!("/api/runbooks/{}", encode(name))).await
}

/// The sessions, newest first.
pub async fn sessions() -> ApiResult<Vec<SessionBrief>> {
    get("/api/sessions").await
}

/// Everything that happened in a session.
pub async fn session(id: SessionId) -> ApiResult<SessionRead> {
    get(&format!("/api/sessions/{id}")).await
}

/// Starts a session.
pub async fn start(request: &StartSession) -> ApiResult<Accepted> {
    post("/api/sessions", request).await
}

/// Sends a command.
pub async fn command(session: SessionId, request: &SendCommand) -> ApiResult<Accepted> {
    post(&format!("/api/sessions/{session}/commands"), request).await
}

/// Sends what this browser saw at a `direct` gate. The proxy judges it.
pub async fn observation(session: SessionId, request: &SendObservation) -> ApiResult<Accepted> {
    post(&format!("/api/sessions/{session}/observations"), request).await
}

/// Where an export is downloaded from.
#[must_use]
pub fn export_url(session: SessionId, format: &str) -> String {
    format!("/api/sessions/{session}/export?format={format}")
}

async fn get<T: DeserializeOwned>(url: &str) -> ApiResult<T> {
    let request = limited(Request::get(url)).build()?;
    read(&answer(request).await?)
}

async fn post<T: DeserializeOwned>(url: &str, body: &impl Serialize) -> ApiResult<T> {
    send(Request::post(url), body).await
}

/// Sends a JSON body and reads the answer.
async fn send<T: DeserializeOwned>(request: RequestBuilder, body: &impl Serialize) -> ApiResult<T> {
    let body = serde_json::to_string(body).map_err(|error| ApiError::Unwritable {
        reason: error.to_string(),
    })?;
    let request = limited(request).header("content-type", "application/json").body(body)?;
    read(&answer(request).await?)
}

fn limited(request: RequestBuilder) -> RequestBuilder {
    request.abort_signal(Some(&AbortSignal::timeout_with_u32(TIME_OUT_MS)))
}

/// The text of a good answer. Not generic, so that it is compiled once.
async fn answer(request: Request) -> ApiResult<String> {
    let answer: Response = request.send().await?;
    let status = answer.status();
    let body = answer.text().await?;
    if answer.ok() {
        Ok(body)
    } else {
        Err(ApiError::from_answer(status, &body))
    }
}

fn read<T: DeserializeOwned>(body: &str) -> ApiResult<T> {
    serde_json::from_str(body).map_err(ApiError::from)
}

/// Percent-encodes one path segment.
pub fn encode(segment: &str) -> String {
    js_sys::encode_uri_component(segment).into()
}

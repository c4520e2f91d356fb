//! The proxy's HTTP API, as functions. Every failure is an [`ApiError`]; nothing is guessed from a missing answer.

mod error;
pub mod look;
pub mod rehearsal;
pub mod stream;

pub use error::ApiError;

use gloo_net::http::{Request, RequestBuilder, Response};
use holdpoint_domain::session::SessionId;
use holdpoint_domain::wire::{
    Accepted, Me, RunbookBrief, RunbookText, SendCommand, SendObservation, SessionBrief, SessionEvents, StartSession,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

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

/// One runbook's text.
pub async fn runbook(name: &str) -> ApiResult<RunbookText> {
    get(&format!("/api/runbooks/{}", encode(name))).await
}

/// The sessions, newest first.
pub async fn sessions() -> ApiResult<Vec<SessionBrief>> {
    get("/api/sessions").await
}

/// Everything that happened in a session.
pub async fn session(id: SessionId) -> ApiResult<SessionEvents> {
    get(&format!("/api/sessions/{id}")).await
}

/// Starts a session.
pub async fn start(request: &StartSession) -> ApiResult<Accepted> {
    send(Request::post("/api/sessions"), request).await
}

/// Sends a command.
pub async fn command(session: SessionId, request: &SendCommand) -> ApiResult<Accepted> {
    send(Request::post(&format!("/api/sessions/{session}/commands")), request).await
}

/// Sends what this browser saw at a `direct` gate. The proxy judges it.
pub async fn observation(session: SessionId, request: &SendObservation) -> ApiResult<Accepted> {
    send(Request::post(&format!("/api/sessions/{session}/observations")), request).await
}

/// Where an export is downloaded from.
#[must_use]
pub fn export_url(session: SessionId, format: &str) -> String {
    format!("/api/sessions/{session}/export?format={format}")
}

async fn get<T: DeserializeOwned>(url: &str) -> ApiResult<T> {
    read(Request::get(url).send().await?).await
}

async fn send<B: Serialize, T: DeserializeOwned>(request: RequestBuilder, body: &B) -> ApiResult<T> {
    read(request.json(body)?.send().await?).await
}

async fn read<T: DeserializeOwned>(answer: Response) -> ApiResult<T> {
    let status = answer.status();
    let body = answer.text().await?;
    if (200..300).contains(&status) {
        serde_json::from_str(&body).map_err(|error| ApiError::Unreadable { reason: error.to_string() })
    } else {
        Err(ApiError::from_answer(status, &body))
    }
}

/// Percent-encodes one path segment.
fn encode(segment: &str) -> String {
    js_sys::encode_uri_component(segment).into()
}

//! The proxy's HTTP API, as functions. Every failure is an [`ApiError`]; nothing is guessed from a missing answer.

mod error;
pub mod json;
pub mod look;
mod read;
mod read_runbook;
#[cfg(test)]
mod read_runbook_tests;
#[cfg(test)]
mod read_tests;
pub mod rehearsal;
pub mod stream;

pub use error::ApiError;
pub use read::{Events, Received};
pub use read_runbook::{Reading, Session};

use gloo_net::http::{Request, RequestBuilder};
use holdpoint_domain::session::SessionId;
use holdpoint_domain::wire::{Me, RunbookBrief, RunbookRead, SendCommand, SendObservation, SessionBrief, StartSession};
use json::FromJson;
use serde::Serialize;

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

/// Everything that happened in a session, and what its own text says.
pub async fn session(id: SessionId) -> ApiResult<Session> {
    get(&format!("/api/sessions/{id}")).await
}

/// Starts a session.
pub async fn start(request: &StartSession) -> ApiResult<Events> {
    send(Request::post("/api/sessions"), request).await
}

/// Sends a command.
pub async fn command(session: SessionId, request: &SendCommand) -> ApiResult<Events> {
    send(Request::post(&format!("/api/sessions/{session}/commands")), request).await
}

/// Sends what this browser saw at a `direct` gate. The proxy judges it.
pub async fn observation(session: SessionId, request: &SendObservation) -> ApiResult<Events> {
    send(Request::post(&format!("/api/sessions/{session}/observations")), request).await
}

/// Where an export is downloaded from.
#[must_use]
pub fn export_url(session: SessionId, format: &str) -> String {
    format!("/api/sessions/{session}/export?format={format}")
}

async fn get<T: FromJson>(url: &str) -> ApiResult<T> {
    let answer = text(Request::get(url).build()?).await?;
    json::from_text(&answer).map_err(ApiError::from)
}

async fn send<T: FromJson>(request: RequestBuilder, body: &impl Serialize) -> ApiResult<T> {
    let body = serde_json::to_string(body).map_err(|error| ApiError::Unreadable {
        reason: error.to_string(),
    })?;
    let answer = text(request.header("content-type", "application/json").body(body)?).await?;
    json::from_text(&answer).map_err(ApiError::from)
}

/// The text of a good answer. What is sent and read is no concern of it, so that it exists once.
async fn text(request: Request) -> ApiResult<String> {
    let answer = request.send().await?;
    let status = answer.status();
    let body = answer.text().await?;
    if (200..300).contains(&status) {
        Ok(body)
    } else {
        Err(ApiError::from_answer(status, &body))
    }
}

/// Percent-encodes one path segment.
fn encode(segment: &str) -> String {
    js_sys::encode_uri_component(segment).into()
}

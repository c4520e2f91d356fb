//! The proxy's HTTP API, as functions.

mod error;
mod http;
pub mod observe;
pub mod stream;

pub use error::ApiError;
pub use http::ApiResult;

use holdpoint_domain::gate::Verdict;
use holdpoint_domain::session::SessionId;
use holdpoint_domain::wire::{
    Accepted, CheckGate, CheckableGate, Comparison, FaultState, GateDeclaration, Me, RunbookBrief, RunbookRead,
    SendCommand, SendObservation, SessionBrief, SessionEvents, SessionRead, SetFault, SignOut, StartSession,
};

use http::{encode, get, get_nothing, post, post_for_nothing, put};

/// Who is signed in, and what this proxy is.
pub async fn me() -> ApiResult<Me> {
    get("/api/me").await
}

/// Whether the proxy answers at all.
pub async fn health() -> ApiResult<()> {
    get_nothing("/healthz").await
}

pub async fn runbooks() -> ApiResult<Vec<RunbookBrief>> {
    get("/api/runbooks").await
}

pub async fn runbook(name: &str) -> ApiResult<RunbookRead> {
    get(&format!("/api/runbooks/{}", encode(name))).await
}

/// Newest first.
pub async fn sessions() -> ApiResult<Vec<SessionBrief>> {
    get("/api/sessions").await
}

/// Signs this browser out, or every browser.
pub async fn sign_out(all: bool) -> ApiResult<()> {
    post_for_nothing("/api/sign-out", &SignOut { all }).await
}

/// A session with all of its events.
pub async fn session(id: SessionId) -> ApiResult<SessionRead> {
    get(&format!("/api/sessions/{id}")).await
}

/// What happened in a session after an event, and its newest rollback.
pub async fn events(id: SessionId, after: u64) -> ApiResult<SessionEvents> {
    get(&format!("/api/sessions/{id}/events?after={after}")).await
}

pub async fn start(request: &StartSession) -> ApiResult<Accepted> {
    post("/api/sessions", request).await
}

pub async fn command(session: SessionId, request: &SendCommand) -> ApiResult<Accepted> {
    post(&format!("/api/sessions/{session}/commands"), request).await
}

/// Sends what this browser saw at a `direct` gate. The proxy judges it.
pub async fn observation(session: SessionId, request: &SendObservation) -> ApiResult<Accepted> {
    post(&format!("/api/sessions/{session}/observations"), request).await
}

/// A gate as the session goes by it, beside what `gates.toml` says of it now.
pub async fn declaration(session: SessionId, gate: &str) -> ApiResult<GateDeclaration> {
    get(&format!("/api/sessions/{session}/gates/{}/declaration", encode(gate))).await
}

/// A session beside another one, by its id, or beside the times of its `runbook`.
pub async fn compare(session: SessionId, with: &str) -> ApiResult<Comparison> {
    get(&format!("/api/sessions/{session}/compare?with={}", encode(with))).await
}

/// An environment's gates, and what each wants to know of a session.
pub async fn gates(environment: &str) -> ApiResult<Vec<CheckableGate>> {
    get(&format!("/api/environments/{}/gates", encode(environment))).await
}

/// Asks a gate once, outside any session.
pub async fn check_gate(environment: &str, gate: &str, request: &CheckGate) -> ApiResult<Verdict> {
    let (environment, gate) = (encode(environment), encode(gate));
    post(&format!("/api/environments/{environment}/gates/{gate}/check"), request).await
}

/// Every fault of the stand-in platform. A proxy that runs no rehearsal answers [`ApiError::NotFound`].
pub async fn faults() -> ApiResult<Vec<FaultState>> {
    get("/api/rehearsal/faults").await
}

/// Switches a fault, and gives the whole list as it is then.
pub async fn set_fault(id: &str, on: bool) -> ApiResult<Vec<FaultState>> {
    put(&format!("/api/rehearsal/faults/{}", encode(id)), &SetFault { on }).await
}

/// Where an export is downloaded from; `format` is `md`, `json` or `csv`.
#[must_use]
pub fn export_url(session: SessionId, format: &str) -> String {
    format!("/api/sessions/{session}/export?format={format}")
}

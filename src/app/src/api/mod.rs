//! The proxy's HTTP API, as functions.

pub mod drills;
mod error;
mod http;
pub mod observe;
pub mod stream;

pub use error::ApiError;
pub use http::ApiResult;

use holdpoint_domain::gate::Verdict;
use holdpoint_domain::session::SessionId;
use web_sys::AbortSignal;

use holdpoint_domain::wire::{
    Accepted, CheckGate, CheckableGate, Comparison, FaultState, FoundSessions, GateDeclaration, IncidentLog, Me,
    PipelineRead, RunbookBrief, RunbookRead, SearchAnswer, SendCommand, SendObservation, SessionBrief, SessionChoices,
    SessionEvents, SessionFacts, SessionRead, SetFault, SignOut, StartSession, StatisticsRead, WatchFacts,
};

use http::{encode, get, get_nothing, get_until, post, post_for_nothing, put};

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

/// What the proxy finds for a few words, as long as nobody gives it up.
pub async fn search(wanted: &str, given_up: &AbortSignal) -> ApiResult<SearchAnswer> {
    get_until(&format!("/api/search?q={}", encode(wanted)), given_up).await
}

/// The sessions that a query of the address finds, newest first.
pub async fn search_sessions(query: &str) -> ApiResult<FoundSessions> {
    get(&format!("/api/sessions/search{query}")).await
}

/// What sessions can be asked for by.
pub async fn session_choices() -> ApiResult<SessionChoices> {
    get("/api/sessions/choices").await
}

/// Figures of the sessions that a query of the address finds.
pub async fn statistics(query: &str) -> ApiResult<StatisticsRead> {
    get(&format!("/api/statistics{query}")).await
}

/// Signs this browser out, or every browser.
pub async fn sign_out(all: bool) -> ApiResult<()> {
    post_for_nothing("/api/sign-out", &SignOut { all }).await
}

/// A session with all of its events.
pub async fn session(id: SessionId) -> ApiResult<SessionRead> {
    get(&format!("/api/sessions/{id}")).await
}

/// What the watch page shows of a session besides its log.
pub async fn watch_facts(id: SessionId) -> ApiResult<WatchFacts> {
    get(&format!("/api/sessions/{id}/watch")).await
}

/// What GitHub Actions did for a session's commit, beside what the runbook says about it.
pub async fn pipeline(id: SessionId) -> ApiResult<PipelineRead> {
    get(&format!("/api/sessions/{id}/pipeline")).await
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

/// What follows from a session's events for its post-mortem.
pub async fn session_facts(session: SessionId) -> ApiResult<SessionFacts> {
    get(&format!("/api/sessions/{session}/facts")).await
}

/// Where the incident log is; `format` is `md` or `csv` for a file.
#[must_use]
pub fn incidents_url(before: Option<SessionId>, rehearsals: bool, format: Option<&str>) -> String {
    let before = before.map_or_else(String::new, |before| format!("&before={before}"));
    let format = format.map_or_else(String::new, |format| format!("&format={format}"));
    format!("/api/incidents?rehearsals={rehearsals}{before}{format}")
}

/// The incidents among the newest sessions, or among those before one.
pub async fn incidents(before: Option<SessionId>, rehearsals: bool) -> ApiResult<IncidentLog> {
    get(&incidents_url(before, rehearsals, None)).await
}

/// The files of a team's own reports.
pub async fn report_templates() -> ApiResult<Vec<String>> {
    get("/api/report-templates").await
}

/// Where a session is downloaded from as a team's own report.
#[must_use]
pub fn template_url(session: SessionId, file: &str) -> String {
    format!("/api/sessions/{session}/report/{}", encode(file))
}

/// Where an export is downloaded from; `format` is `md`, `html`, `json`, `csv` or `zip`.
#[must_use]
pub fn export_url(session: SessionId, format: &str) -> String {
    format!("/api/sessions/{session}/export?format={format}")
}

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

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use gloo_net::http::{Method, Request, RequestBuilder};
use holdpoint_domain::session::SessionId;
use holdpoint_domain::wire::{Me, RunbookBrief, RunbookRead, SendCommand, SendObservation, SessionBrief, StartSession};
use json::FromJson;
use serde::Serialize;
use serde_json::Value;
use web_sys::AbortSignal;

/// The page waits this long for an answer of the proxy, and then takes the connection for broken.
const TIME_OUT_MS: u32 = 30_000;

/// What a request gives.
pub type ApiResult<T> = Result<T, ApiError>;

/// An answer on its way. What is asked and what is read are no concern of the asking, so that its machinery exists once.
pub struct Answer<T> {
    asked: Pin<Box<dyn Future<Output = ApiResult<Value>>>>,
    of: PhantomData<fn() -> T>,
}

impl<T: FromJson> Future for Answer<T> {
    type Output = ApiResult<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<ApiResult<T>> {
        let answer = self.get_mut().asked.as_mut().poll(context);
        answer.map(|answer| answer.and_then(|value| json::from_value(&value).map_err(ApiError::from)))
    }
}

/// Who is signed in, and what this proxy is.
pub fn me() -> Answer<Me> {
    get("/api/me")
}

/// The runbooks.
pub fn runbooks() -> Answer<Vec<RunbookBrief>> {
    get("/api/runbooks")
}

/// One runbook, as the proxy read it.
pub fn runbook(name: &str) -> Answer<RunbookRead> {
    get(&format!("/api/runbooks/{}", encode(name)))
}

/// The sessions, newest first.
pub fn sessions() -> Answer<Vec<SessionBrief>> {
    get("/api/sessions")
}

/// Everything that happened in a session, and what its own text says.
pub fn session(id: SessionId) -> Answer<Session> {
    get(&format!("/api/sessions/{id}"))
}

/// Starts a session.
pub fn start(request: &StartSession) -> Answer<Events> {
    post("/api/sessions", request)
}

/// Sends a command.
pub fn command(session: SessionId, request: &SendCommand) -> Answer<Events> {
    post(&format!("/api/sessions/{session}/commands"), request)
}

/// Sends what this browser saw at a `direct` gate. The proxy judges it.
pub fn observation(session: SessionId, request: &SendObservation) -> Answer<Events> {
    post(&format!("/api/sessions/{session}/observations"), request)
}

/// Where an export is downloaded from.
#[must_use]
pub fn export_url(session: SessionId, format: &str) -> String {
    format!("/api/sessions/{session}/export?format={format}")
}

fn get<T>(url: &str) -> Answer<T> {
    answer(Method::GET, url, None)
}

fn post<T>(url: &str, body: &impl Serialize) -> Answer<T> {
    answer(Method::POST, url, Some(serde_json::to_string(body)))
}

fn answer<T>(method: Method, url: &str, body: Option<serde_json::Result<String>>) -> Answer<T> {
    let time_out = AbortSignal::timeout_with_u32(TIME_OUT_MS);
    let request = RequestBuilder::new(url).method(method).abort_signal(Some(&time_out));
    let request = match body {
        None => request.build().map_err(ApiError::from),
        Some(body) => body.map_err(unwritten).and_then(|body| {
            let request = request.header("content-type", "application/json");
            request.body(body).map_err(ApiError::from)
        }),
    };
    Answer {
        asked: Box::pin(ask(request)),
        of: PhantomData,
    }
}

fn unwritten(_: serde_json::Error) -> ApiError {
    ApiError::Unreadable {
        reason: "the request cannot be written as JSON".to_owned(),
    }
}

/// The JSON of a good answer.
async fn ask(request: ApiResult<Request>) -> ApiResult<Value> {
    let answer = request?.send().await?;
    let status = answer.status();
    let body = answer.text().await?;
    if (200..300).contains(&status) {
        Ok(json::parse(&body)?)
    } else {
        Err(ApiError::from_answer(status, &body))
    }
}

/// Percent-encodes one path segment.
fn encode(segment: &str) -> String {
    js_sys::encode_uri_component(segment).into()
}

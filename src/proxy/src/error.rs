//! Errors as HTTP answers: the only place that knows which error has which status, and the one envelope.

use std::collections::BTreeMap;
use std::error::Error;

use axum::Json;
use axum::extract::rejection::{FormRejection, JsonRejection, PathRejection, QueryRejection};
use axum::http::header::InvalidHeaderValue;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use holdpoint_domain::wire::{ErrorBody, ErrorDetail};
use holdpoint_report::ExportError;
use tokio::task::JoinError;

use crate::auth::AuthError;
use crate::auth::origin::ForbiddenOrigin;
use crate::check::CheckError;
use crate::engine::EngineError;
use crate::exports::{EXPORT_RETRY_SECONDS, ExportFailure};
use crate::rehearsal::{DrillError, RehearsalError};
use crate::store::StoreError;

/// Bytes that a request's body may have.
pub const BODY_LIMIT: usize = 256 * 1024;

/// Seconds until a request that was turned away, because too many waited, should be sent again.
const RETRY_SECONDS: u64 = 1;

/// Why a request is not answered as it wished.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error(transparent)]
    Check(#[from] CheckError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Auth(#[from] AuthError),
    #[error(
        "Nobody is signed in. Open the one-time link that the proxy printed at its start, or make a new one with \
         `holdpoint token new`."
    )]
    SignedOut,
    #[error(transparent)]
    ForbiddenOrigin(#[from] ForbiddenOrigin),
    #[error("{message}")]
    NotFound { message: String },
    #[error("This address does not take the method {method}. See /api/openapi.json for those that it takes.")]
    MethodNotAllowed { method: String },
    #[error("{message}")]
    Malformed { message: String },
    #[error("{}", .0.body_text())]
    Json(JsonRejection),
    #[error("{}", .0.body_text())]
    Path(#[from] PathRejection),
    #[error("{}", .0.body_text())]
    Query(#[from] QueryRejection),
    #[error("The request's body is longer than {BODY_LIMIT} bytes. Shorten it.")]
    TooLarge,
    #[error(
        "The request took longer than the proxy allows, so it was given up. It may have been recorded all the same: send it \
         again with the same id, and the answer tells."
    )]
    TimedOut,
    #[error(transparent)]
    Rehearsal(#[from] RehearsalError),
    #[error(transparent)]
    Export(#[from] ExportError),
    #[error(transparent)]
    ExportNow(ExportFailure),
    /// Work on another thread panicked, or the runtime ended under it.
    #[error(transparent)]
    Blocking(#[from] JoinError),
    #[error("an answer's template is wrong: {0}")]
    Template(#[from] minijinja::Error),
    #[error("the Content-Security-Policy cannot be sent: {0}")]
    ContentPolicy(#[from] InvalidHeaderValue),
    #[error("a request's handler panicked")]
    Panicked,
}

impl From<ExportFailure> for ApiError {
    fn from(failure: ExportFailure) -> Self {
        match failure {
            ExportFailure::NoSession { session } => EngineError::NoSession { session }.into(),
            ExportFailure::Store(error) => Self::Store(error),
            ExportFailure::Export(error) => Self::Export(error),
            ExportFailure::Blocking(error) => Self::Blocking(error),
            busy @ (ExportFailure::Busy | ExportFailure::BrokenOff) => Self::ExportNow(busy),
        }
    }
}

impl From<JsonRejection> for ApiError {
    fn from(rejection: JsonRejection) -> Self {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Self::TooLarge
        } else {
            Self::Json(rejection)
        }
    }
}

impl From<FormRejection> for ApiError {
    fn from(rejection: FormRejection) -> Self {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            return Self::TooLarge;
        }
        let message = rejection.body_text();
        Self::Malformed { message }
    }
}

const INTERNAL: (StatusCode, &str) = (StatusCode::INTERNAL_SERVER_ERROR, "internal");
const MALFORMED: (StatusCode, &str) = (StatusCode::BAD_REQUEST, "malformed");
const NOT_FOUND: (StatusCode, &str) = (StatusCode::NOT_FOUND, "not_found");
const UNAVAILABLE: (StatusCode, &str) = (StatusCode::SERVICE_UNAVAILABLE, "unavailable");

impl ApiError {
    /// The status, and the code for programs.
    fn kind(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Engine(error) => engine(error),
            Self::Store(error) | Self::Auth(AuthError::Store(error)) => store(error),
            Self::SignedOut => (StatusCode::UNAUTHORIZED, "signed_out"),
            Self::ForbiddenOrigin(_) => (StatusCode::FORBIDDEN, "forbidden_origin"),
            Self::NotFound { .. }
            | Self::Rehearsal(RehearsalError::UnknownFault { .. })
            | Self::Check(CheckError::UnknownEnvironment { .. } | CheckError::UnknownGate { .. }) => NOT_FOUND,
            Self::MethodNotAllowed { .. } => (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
            // A route without the parameter that its handler takes is a mistake of ours.
            Self::Path(rejection) if rejection.status().is_server_error() => INTERNAL,
            Self::Malformed { .. } | Self::Json(_) | Self::Path(_) | Self::Query(_) => MALFORMED,
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
            Self::TimedOut => (StatusCode::SERVICE_UNAVAILABLE, "timed_out"),
            Self::Rehearsal(_) | Self::ExportNow(ExportFailure::Busy) => UNAVAILABLE,
            Self::Auth(AuthError::Random(_))
            | Self::Export(_)
            | Self::ExportNow(_)
            | Self::Blocking(_)
            | Self::Check(CheckError::BrokenOff)
            | Self::Template(_)
            | Self::ContentPolicy(_)
            | Self::Panicked => INTERNAL,
        }
    }

    /// What goes into the envelope.
    pub(crate) fn detail(&self) -> ErrorDetail {
        ErrorDetail {
            code: self.kind().1.to_owned(),
            message: self.message(),
            details: self.details(),
        }
    }

    /// Where only too much was asked for at the same time: the seconds until it should be asked for again.
    fn retry_after(&self) -> Option<u64> {
        match self {
            Self::ExportNow(ExportFailure::Busy) => Some(EXPORT_RETRY_SECONDS),
            Self::Store(StoreError::Busy)
            | Self::Auth(AuthError::Store(StoreError::Busy))
            | Self::Engine(EngineError::Store(StoreError::Busy) | EngineError::Busy | EngineError::Crowded) => {
                Some(RETRY_SECONDS)
            }
            _ => None,
        }
    }

    fn details(&self) -> BTreeMap<String, String> {
        let one = |name: &str, value: String| BTreeMap::from([(name.to_owned(), value)]);
        match self {
            Self::Engine(EngineError::Refused(refusal)) => {
                let mut details = one("rule", refusal.code().to_owned());
                let errors = refusal.runbook_errors().iter();
                let lines: Vec<_> = errors
                    .map(|one| format!("{}:{}: {}", one.place.line, one.place.column, one.message))
                    .collect();
                if !lines.is_empty() {
                    details.insert("errors".to_owned(), lines.join("\n"));
                }
                details
            }
            Self::Engine(EngineError::RunbookChanged { digest, .. }) => one("digest", digest.clone()),
            _ => BTreeMap::new(),
        }
    }

    /// The sentence for people. What the database or the program said in detail stays in the log.
    fn message(&self) -> String {
        let store = match self {
            Self::Store(error) | Self::Auth(AuthError::Store(error)) | Self::Engine(EngineError::Store(error)) => {
                Some(error)
            }
            _ => None,
        };
        if let Some(StoreError::Unreadable { seq, .. }) = store {
            format!(
                "Event {seq} of this session cannot be read, so the session can be neither shown, changed nor exported. No other \
                 session is concerned. The proxy's log says what is wrong with the event. Restore the data folder from a backup, \
                 or use the version of Holdpoint that wrote it."
            )
        } else if store.is_some_and(is_internal) {
            "The database does not do what it should, and the proxy's log says more. What was recorded stands in the session; \
             sent again with the same id, a command is not recorded twice."
                .to_owned()
        } else if self.kind() == INTERNAL {
            "The proxy made a mistake, and says more about it in its log. Nothing was recorded by this request unless you see \
             it in the session."
                .to_owned()
        } else {
            sentence(&self.to_string())
        }
    }
}

/// Whether the sentence is for whoever runs the proxy, and not for people who use it.
fn is_internal(error: &StoreError) -> bool {
    !matches!(error, StoreError::Busy | StoreError::Closed)
}

/// Errors of the program's parts begin small and end open, because they are quoted; people read sentences.
fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    let first: String = characters.next().into_iter().flat_map(char::to_uppercase).collect();
    let end = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{end}", characters.as_str())
}

/// A session that cannot be read stays so, and says so; whatever else the store did not do may work later.
fn store(error: &StoreError) -> (StatusCode, &'static str) {
    match error {
        StoreError::Unreadable { .. } => (StatusCode::CONFLICT, "unreadable"),
        _ => UNAVAILABLE,
    }
}

fn engine(error: &EngineError) -> (StatusCode, &'static str) {
    match error {
        EngineError::NoSession { .. }
        | EngineError::NoGate { .. }
        | EngineError::NoRunbook { .. }
        | EngineError::NoEnvironment { .. } => NOT_FOUND,
        EngineError::Drill(DrillError::Unknown { .. } | DrillError::None) => NOT_FOUND,
        EngineError::Drill(DrillError::Taken { .. }) => MALFORMED,
        EngineError::Drill(_) => UNAVAILABLE,
        EngineError::BeyondEnd { .. } => (StatusCode::CONFLICT, "beyond_end"),
        EngineError::RunbookChanged { .. } => (StatusCode::CONFLICT, "runbook_changed"),
        EngineError::OtherMode(_) => (StatusCode::CONFLICT, "other_mode"),
        EngineError::NotARollback { .. } => (StatusCode::CONFLICT, "not_a_rollback"),
        EngineError::Refused(refusal) => (StatusCode::CONFLICT, refusal.code()),
        EngineError::Reused { .. } => (StatusCode::CONFLICT, "command_reused"),
        EngineError::Malformed { .. } => MALFORMED,
        EngineError::Store(error) => store(error),
        EngineError::Crowded | EngineError::Busy | EngineError::TaskEnded => UNAVAILABLE,
        EngineError::Library(_) | EngineError::Statistics(_) => INTERNAL,
    }
}

impl IntoResponse for ApiError {
    /// The envelope. That of a server error is an extension of the answer, too, so that the request's id can be added to it.
    fn into_response(self) -> Response {
        let (status, _) = self.kind();
        let body = ErrorBody { error: self.detail() };
        if !status.is_server_error() {
            return (status, Json(body)).into_response();
        }
        let mut response = (status, Json(&body)).into_response();
        if let Some(seconds) = self.retry_after() {
            tracing::warn!(error = &self as &dyn Error, "the request was turned away");
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        } else {
            tracing::error!(error = &self as &dyn Error, "the request failed");
        }
        response.extensions_mut().insert(body);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_become_sentences() {
        for (text, expected) in [
            ("the store is closed", "The store is closed."),
            ("Done!", "Done!"),
            ("ähnlich", "Ähnlich."),
            ("", "."),
        ] {
            assert_eq!(sentence(text), expected);
        }
    }

    #[test]
    fn a_jam_says_when_to_come_back() {
        for (error, seconds) in [
            (ApiError::Engine(EngineError::Busy), Some("1")),
            (ApiError::Engine(EngineError::Crowded), Some("1")),
            (ApiError::Store(StoreError::Busy), Some("1")),
            (ExportFailure::Busy.into(), Some("60")),
            (ApiError::Store(StoreError::Closed), None),
        ] {
            let response = error.into_response();
            assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
            let told = response.headers().get(header::RETRY_AFTER);
            assert_eq!(told.map(|told| told.to_str().expect("it is text")), seconds);
        }
    }

    #[test]
    fn what_the_database_said_stays_in_the_log() {
        let reason = "table secrets".to_owned();
        let errors = [
            ApiError::Store(StoreError::Failed { reason: reason.clone() }),
            ApiError::Auth(StoreError::Failed { reason: reason.clone() }.into()),
            ApiError::Engine(StoreError::Failed { reason }.into()),
        ];
        for error in errors {
            assert!(!error.message().contains("table secrets"), "{error}");
            assert_eq!(error.kind(), UNAVAILABLE);
        }
        assert_eq!(
            ApiError::from(StoreError::Closed).message(),
            "The proxy is stopping, so nothing more is written."
        );
    }
}

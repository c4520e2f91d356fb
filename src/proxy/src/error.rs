//! Errors as HTTP answers: the one place that knows statuses, and the one envelope.

use std::collections::BTreeMap;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use holdpoint_domain::wire::{ErrorBody, ErrorDetail};
use holdpoint_report::ExportError;

use crate::auth::AuthError;
use crate::auth::guard::Foreign;
use crate::engine::EngineError;
use crate::rehearsal::RehearsalError;
use crate::store::StoreError;

/// Why a request is not answered as it wished.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The engine did not do it.
    #[error("{0}")]
    Engine(#[from] EngineError),
    /// The store did not.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// Nobody is signed in.
    #[error(
        "Nobody is signed in. Open the one-time link that the proxy printed at its start, or make a new one with \
         `holdpoint token new`."
    )]
    SignedOut,
    /// The request comes from elsewhere.
    #[error("{0}")]
    Foreign(#[from] Foreign),
    /// There is no such thing.
    #[error("{message}")]
    NotFound {
        /// What there is not.
        message: String,
    },
    /// The address is right and the method is not.
    #[error("This address does not take the method {method}.")]
    Method {
        /// The method.
        method: String,
    },
    /// The request cannot be understood.
    #[error("{message}")]
    Malformed {
        /// What is wrong and what is right.
        message: String,
    },
    /// The request is too long.
    #[error("The request is longer than {limit} bytes. Shorten it.")]
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// A fault of the stand-in platform could not be switched.
    #[error("{0}")]
    Rehearsal(#[from] RehearsalError),
    /// An export could not be written.
    #[error("{0}")]
    Export(#[from] ExportError),
    /// Something that must not happen.
    #[error(
        "The proxy made a mistake, and says more about it in its log. Nothing was recorded by this request unless you see it in the session."
    )]
    Internal,
}

impl From<AuthError> for ApiError {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Store(error) => Self::Store(error),
            AuthError::Random(error) => {
                tracing::error!(%error, "the system gives no random bytes");
                Self::Internal
            }
        }
    }
}

impl ApiError {
    /// The status, and the code for programs.
    fn kind(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Engine(error) => engine(error),
            Self::Store(error) => store(error),
            Self::SignedOut => (StatusCode::UNAUTHORIZED, "signed_out"),
            Self::Foreign(_) => (StatusCode::FORBIDDEN, "forbidden_origin"),
            Self::NotFound { .. } | Self::Rehearsal(RehearsalError::UnknownFault { .. }) => {
                (StatusCode::NOT_FOUND, "not_found")
            }
            Self::Method { .. } => (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
            Self::Malformed { .. } => (StatusCode::BAD_REQUEST, "malformed"),
            Self::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
            Self::Rehearsal(_) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
            Self::Export(_) | Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        }
    }

    fn details(&self) -> BTreeMap<String, String> {
        let one = |name: &str, value: String| BTreeMap::from([(name.to_owned(), value)]);
        match self {
            Self::Engine(EngineError::Refused(refusal)) => one("rule", refusal.code().to_owned()),
            Self::Engine(EngineError::RunbookChanged { digest, .. }) => one("digest", digest.clone()),
            _ => BTreeMap::new(),
        }
    }

    /// The envelope.
    #[must_use]
    pub fn body(&self) -> ErrorBody {
        let (status, code) = self.kind();
        if status.is_server_error() {
            tracing::error!(error = %self, "a request failed");
        }
        ErrorBody {
            error: ErrorDetail {
                code: code.to_owned(),
                message: self.message(),
                details: self.details(),
            },
        }
    }

    /// The sentence for people. What the database said in detail stays in the log.
    fn message(&self) -> String {
        match self {
            Self::Store(error) | Self::Engine(EngineError::Store(error)) if is_internal(error) => {
                "The database does not do what it should. Nothing was recorded; look at the proxy's log.".to_owned()
            }
            other => sentence(&other.to_string()),
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

fn engine(error: &EngineError) -> (StatusCode, &'static str) {
    match error {
        EngineError::NoSession { .. } | EngineError::NoRunbook { .. } | EngineError::NoEnvironment { .. } => {
            (StatusCode::NOT_FOUND, "not_found")
        }
        EngineError::RunbookChanged { .. } => (StatusCode::CONFLICT, "runbook_changed"),
        EngineError::NotARollback { .. } => (StatusCode::CONFLICT, "not_a_rollback"),
        EngineError::Refused(refusal) => (StatusCode::CONFLICT, refusal.code()),
        EngineError::Reused { .. } => (StatusCode::CONFLICT, "command_reused"),
        EngineError::Malformed { .. } => (StatusCode::BAD_REQUEST, "malformed"),
        EngineError::Store(error) => store(error),
        EngineError::Crowded | EngineError::Busy | EngineError::TaskEnded => {
            (StatusCode::SERVICE_UNAVAILABLE, "unavailable")
        }
        EngineError::Library(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
    }
}

fn store(_: &StoreError) -> (StatusCode, &'static str) {
    (StatusCode::SERVICE_UNAVAILABLE, "unavailable")
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (self.kind().0, Json(self.body())).into_response()
    }
}

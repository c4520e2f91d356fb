//! Why a request did not give what was asked for.

use holdpoint_domain::wire::ErrorBody;

/// A request that failed. Its text is for the person at the page.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// The proxy could not be reached, or the connection broke.
    #[error(
        "Holdpoint's proxy cannot be reached: {reason} Check that it is running; the page tries again automatically."
    )]
    Network {
        /// What the browser says.
        reason: String,
    },
    /// The proxy does not know who asks.
    #[error("Sign in needed: use the one-time link that the proxy printed at its start.")]
    SignedOut,
    /// There is no such thing.
    #[error("{message}")]
    NotFound {
        /// What the proxy says.
        message: String,
    },
    /// The proxy is busy or closing down; the same request may work later.
    #[error("{message}")]
    Unavailable {
        /// What the proxy says.
        message: String,
    },
    /// The proxy understood the request, and refused it.
    #[error("{message}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The rule, for programs.
        code: String,
        /// What the proxy says.
        message: String,
    },
    /// The request cannot be written as JSON, so it was not sent.
    #[error("This cannot be sent ({reason}). Reload the page and try again.")]
    Unwritable {
        /// What the writer says.
        reason: String,
    },
    /// The answer is not what this page was built for.
    #[error("The proxy's answer cannot be read ({reason}). The page may be older than the proxy: reload it.")]
    Unreadable {
        /// What the reader says.
        reason: String,
    },
}

impl ApiError {
    /// Whether sending the same request again, unchanged, may work. What was refused stays refused.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Network { .. } | Self::Unavailable { .. } | Self::SignedOut)
    }

    /// The error that an answer other than 2xx stands for.
    pub(super) fn from_answer(status: u16, body: &str) -> Self {
        let detail = serde_json::from_str::<ErrorBody>(body).map(|body| body.error);
        let (code, message) = match detail {
            Ok(detail) => (detail.code, detail.message),
            Err(_) => (
                format!("http_{status}"),
                format!("The proxy answered with status {status} and no reason."),
            ),
        };
        match status {
            401 => Self::SignedOut,
            404 if code == "not_found" || code.starts_with("http_") => Self::NotFound { message },
            429 | 500..=599 => Self::Unavailable { message },
            _ => Self::Refused { status, code, message },
        }
    }
}

impl From<serde_json::Error> for ApiError {
    fn from(error: serde_json::Error) -> Self {
        Self::Unreadable {
            reason: error.to_string(),
        }
    }
}

impl From<gloo_net::Error> for ApiError {
    fn from(error: gloo_net::Error) -> Self {
        // The browser's own words end without a full stop.
        Self::Network {
            reason: format!("{}.", error.to_string().trim_end_matches('.')),
        }
    }
}

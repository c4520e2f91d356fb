//! Why a request did not give what was asked for.

use holdpoint_domain::wire::ErrorBody;

/// A request that failed. Its text is for the person at the page.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// The proxy could not be reached, or the connection broke.
    #[error("Holdpoint cannot be reached: {reason} Check that it is running and that this machine is connected.")]
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
    /// The proxy's events do not go on from each other.
    #[error(
        "The proxy's log of this session does not hold together: an event does not go on from the one before it. Run `holdpoint verify` on its JSON export, and restore the data folder from a backup."
    )]
    BrokenLog,
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
            // It is not the proxy's own: something between may answer so while the proxy cannot be reached.
            Err(_) if status != 401 => {
                let message = format!("Something that is not Holdpoint answered, with status {status}.");
                return Self::Unavailable { message };
            }
            Err(_) => (String::new(), String::new()),
        };
        match status {
            401 => Self::SignedOut,
            404 if code == "not_found" => Self::NotFound { message },
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

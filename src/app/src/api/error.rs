//! Why a request did not give what was asked for.

use holdpoint_domain::wire::ErrorBody;

/// A request that failed. Its text is for the person at the page.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// The proxy could not be reached, or the connection broke.
    #[error(
        "Holdpoint cannot be reached. Check that it is running and that this machine is connected.{}",
        told(reason)
    )]
    Network { reason: String },
    #[error("Sign in needed: use the one-time link that Holdpoint printed when it started.")]
    SignedOut,
    #[error("{message}")]
    NotFound { message: String },
    /// The same request may work later.
    #[error("{message}")]
    Unavailable { message: String },
    #[error("{message}")]
    Refused {
        status: u16,
        /// The rule that refused it: `closed`, `unknown_step`, …
        code: String,
        message: String,
    },
    #[error(
        "The log of this session is broken: an event does not follow from the one before it. Run `holdpoint verify` on its JSON export, and restore the data folder from a backup."
    )]
    BrokenLog,
    #[error("This cannot be sent ({reason}). Reload the page, and try again.")]
    Unwritable { reason: String },
    #[error("This page cannot read Holdpoint's answer ({reason}). The page may be older than the program: reload it.")]
    Unreadable { reason: String },
}

/// What the browser says, where that is more than that there was no answer.
fn told(reason: &str) -> String {
    // Chromium's, Firefox's and WebKit's words for that.
    const NO_ANSWER: [&str; 4] = [
        "Failed to fetch",
        "NetworkError when attempting",
        "Load failed",
        "TimeoutError",
    ];
    match NO_ANSWER.iter().any(|words| reason.contains(words)) {
        true => String::new(),
        false => format!(" (The browser says: {reason})"),
    }
}

impl ApiError {
    /// Whether sending the same request again, unchanged, may work. What was refused stays refused.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Network { .. } | Self::Unavailable { .. } | Self::SignedOut)
    }

    /// The error that an answer other than 2xx stands for.
    pub(super) fn from_answer(status: u16, body: &str) -> Self {
        let detail = serde_json::from_str::<ErrorBody>(body).map(|body| body.error);
        let (code, message) = match detail {
            Ok(detail) => (detail.code, detail.message),
            // It is not the proxy's own: something between may answer so while the proxy cannot be reached.
            Err(_) if status != 401 => {
                let message = format!(
                    "Something other than Holdpoint answered, with status {status}. Check the address, and any proxy in between."
                );
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
        Self::Network {
            reason: error.to_string(),
        }
    }
}

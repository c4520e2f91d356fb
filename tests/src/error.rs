//! What can go wrong in a test besides what it tests.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use holdpoint_domain::wire::ErrorBody;

/// What can go wrong in a test besides what it tests.
#[derive(Debug, thiserror::Error)]
pub enum DriverError {
    /// The proxy was not built.
    #[error("{} is not there. Build it with `cargo build --workspace --bin holdpoint`, or name another one in HOLDPOINT_BIN.", .0.display())]
    NotBuilt(PathBuf),
    /// A program that the test needs.
    #[error("{what} is needed for this test and was not found. `cargo xtask test` installs it, or says how to.")]
    Missing {
        /// Its name in Debian, or what people call it.
        what: &'static str,
    },
    /// A program could not be started, or a file not written.
    #[error("{doing}: {source}")]
    Io {
        /// What was being done.
        doing: String,
        /// What the system says.
        source: io::Error,
    },
    /// A program that the test started did not work.
    #[error("{what} did not work. It printed:\n{output}")]
    Program {
        /// What was being done.
        what: String,
        /// What it printed.
        output: String,
    },
    /// No answer.
    #[error("No answer to a request: {0:?}")]
    Http(#[from] reqwest::Error),
    /// The proxy refused.
    #[error("The proxy answered {status} {}: {}", .body.error.code, .body.error.message)]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The envelope.
        body: Box<ErrorBody>,
    },
    /// An answer that is not what the contract says.
    #[error("{what} is not what the contract says: {found}")]
    Unexpected {
        /// What was looked at.
        what: String,
        /// What was found.
        found: String,
    },
    /// Something did not happen.
    #[error("Waited {:.1} s for {what}, and it did not happen. {seen}", .waited.as_secs_f64())]
    TimedOut {
        /// What was waited for.
        what: String,
        /// How long.
        waited: Duration,
        /// What was there instead.
        seen: String,
    },
    /// The browser.
    #[error("The browser: {0}")]
    Browser(#[from] thirtyfour::error::WebDriverError),
}

impl DriverError {
    /// For `map_err` on what the system does.
    pub(crate) fn io(doing: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let doing = doing.into();
        move |source| Self::Io { doing, source }
    }

    /// The status and the code of a refusal.
    #[must_use]
    pub fn refusal(&self) -> Option<(u16, &str)> {
        match self {
            Self::Refused { status, body } => Some((*status, body.error.code.as_str())),
            _ => None,
        }
    }
}

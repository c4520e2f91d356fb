//! What can go wrong with the rehearsal itself.

use std::io;

use thiserror::Error;

/// Why a rehearsal could not start, or a fault could not be switched.
#[derive(Debug, Error)]
pub enum RehearsalError {
    /// The folder, the loopback ports or this program's own path could not be had.
    #[error("the rehearsal's stand-in platform failed at {what}: {source}")]
    Io {
        /// What was done.
        what: String,
        /// What came of it.
        source: io::Error,
    },
    /// There is no such fault.
    #[error("the rehearsal knows no fault called {id}: GET /api/rehearsal/faults lists those that it knows")]
    UnknownFault {
        /// What was asked for.
        id: String,
    },
    /// The stand-in's database refused.
    #[error("the rehearsal's database did not take the fault {id}: {source}")]
    Database {
        /// The fault.
        id: String,
        /// What it said.
        source: sqlx::Error,
    },
}

/// For `map_err`: what was done when it failed.
pub(super) fn failed(what: &'static str) -> impl FnOnce(io::Error) -> RehearsalError {
    move |source| RehearsalError::Io {
        what: what.to_owned(),
        source,
    }
}

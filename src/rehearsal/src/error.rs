//! What can go wrong with the rehearsal itself.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Why a rehearsal could not start, or a fault could not be switched.
#[derive(Debug, Error)]
pub enum RehearsalError {
    /// `rehearsal.toml` cannot be read.
    #[error("{}: cannot be read: {source}", path.display())]
    Read {
        /// Its path.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// `rehearsal.toml` is wrong.
    #[error("{}:{line}:{column}: {message}", path.display())]
    File {
        /// Its path.
        path: PathBuf,
        /// The line, from 1.
        line: u32,
        /// The column in characters, from 1.
        column: u32,
        /// What is wrong, in one sentence.
        message: String,
    },
    /// There is no environment.
    #[error("gates.toml declares no environment, so there is nothing to rehearse in")]
    NothingToRehearse,
    /// The folder or the loopback port could not be had.
    #[error("the rehearsal failed at {what}: {source}")]
    Io {
        /// What was done.
        what: String,
        /// What came of it.
        source: io::Error,
    },
    /// The file that keeps the faults cannot be read.
    #[error(
        "{}: the faults that were on cannot be read: {source}. Remove the file to rehearse with no fault on, and start again",
        path.display()
    )]
    Faults {
        /// Its path.
        path: PathBuf,
        /// What is wrong with it.
        source: io::Error,
    },
    /// There is no such fault.
    #[error("the rehearsal knows no fault called {id}: GET /api/rehearsal/faults lists those that it knows")]
    UnknownFault {
        /// What was asked for.
        id: String,
    },
}

/// For `map_err`: what was done when it failed.
pub(crate) fn failed(what: &'static str) -> impl FnOnce(io::Error) -> RehearsalError {
    move |source| RehearsalError::Io {
        what: what.to_owned(),
        source,
    }
}

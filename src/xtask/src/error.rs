//! What can go wrong, each in a sentence that says what to do.

use std::io;
use std::path::PathBuf;

/// Everything that stops a task.
#[derive(Debug, thiserror::Error)]
pub enum XtaskError {
    /// A program could not be started at all.
    #[error("`{program}` could not be started: {source}. Is it installed and on PATH?")]
    Start {
        /// The program.
        program: String,
        /// What the system says.
        source: io::Error,
    },
    /// A program ended badly.
    #[error("{what} failed ({status}). Its output is in {log}; it ends with:\n{tail}", log = log.display())]
    Failed {
        /// What was being done.
        what: String,
        /// How it ended.
        status: String,
        /// Where its whole output is.
        log: PathBuf,
        /// The end of its output.
        tail: String,
    },
    /// A tool cannot be had.
    #[error("{tool} cannot be had: {reason}")]
    Tool {
        /// The tool, with its version.
        tool: String,
        /// Why, and what to do.
        reason: String,
    },
    /// A file or folder.
    #[error("{} cannot be {doing}: {source}", path.display())]
    File {
        /// The file or folder that is meant.
        path: PathBuf,
        /// `read`, `written`, …
        doing: &'static str,
        /// What the system says.
        source: io::Error,
    },
    /// Something that must be in a file is not there.
    #[error("{} does not say {what}.", path.display())]
    Content {
        /// The file or folder that is meant.
        path: PathBuf,
        /// What is missing.
        what: String,
    },
    /// What a program printed or wrote is not what it should be.
    #[error("{what} cannot be read: {source}")]
    Unreadable {
        /// What was read.
        what: String,
        /// What the reader says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The page became too large.
    #[error(
        "The page is too heavy: wasm + js are {kilobytes:.1} kB in brotli, and must not pass {budget} kB. Take something out of it."
    )]
    Budget {
        /// What it is.
        kilobytes: f64,
        /// What it may be.
        budget: u32,
    },
    /// A bench that does not exist.
    #[error("There is no bench “{name}”. There is: {known}.")]
    UnknownBench {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
}

impl XtaskError {
    /// For `map_err` on file operations.
    pub fn file(path: impl Into<PathBuf>, doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, doing, source }
    }
}

//! Errors of exporting.

use std::io;

use crate::log::LogError;

/// Why nothing could be exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A log begins with the session's start.
    #[error("The log has no session start, so there is nothing to export.")]
    NoStart,
    /// A value could not be written as JSON.
    #[error("The log could not be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// A row could not be written as CSV.
    #[error("The log could not be written as CSV: {0}")]
    Csv(#[source] csv::Error),
    /// A member could not be added to the archive.
    #[error("The archive could not be written: {0}")]
    Zip(#[source] zip::result::ZipError),
    /// The log cannot be read, or not to its end.
    #[error("The log could not be read: {0}")]
    Log(#[source] LogError),
    /// What was made is no text.
    #[error("What was made of the log is no text.")]
    Text,
    /// What was made of it cannot be written.
    #[error("The export could not be written: {0}")]
    Write(#[from] io::Error),
}

impl From<csv::Error> for ExportError {
    fn from(error: csv::Error) -> Self {
        if error.is_io_error() {
            Self::Write(error.into())
        } else {
            Self::Csv(error)
        }
    }
}

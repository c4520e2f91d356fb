//! Errors of exporting.

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
    Csv(#[from] csv::Error),
    /// The table is not text.
    #[error("The table could not be written as text.")]
    Text,
}

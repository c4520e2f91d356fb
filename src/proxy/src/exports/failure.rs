//! Errors of exporting a stored session.

use holdpoint_domain::session::SessionId;
use holdpoint_report::ExportError;
use tokio::task::JoinError;

use super::{EXPORT_RETRY_SECONDS, EXPORTS_AT_ONCE};
use crate::store::StoreError;

/// Why a session cannot be exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportFailure {
    #[error("there is no session {session}")]
    NoSession { session: SessionId },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Export(ExportError),
    /// A thread is taken by each until its client has all of it.
    #[error(
        "{EXPORTS_AT_ONCE} exports are being made or downloaded already, and no more are made at a time. Try again in \
         {EXPORT_RETRY_SECONDS} seconds."
    )]
    Busy,
    #[error("the export was broken off: whoever made it panicked, or waited too long for its client")]
    BrokenOff,
    /// Reading panicked, or the runtime ended under it.
    #[error(transparent)]
    Blocking(#[from] JoinError),
}

impl From<ExportError> for ExportFailure {
    /// What the store said is the store's.
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Log(source) => match source.downcast::<StoreError>() {
                Ok(error) => Self::Store(*error),
                Err(source) => Self::Export(ExportError::Log(source)),
            },
            other => Self::Export(other),
        }
    }
}

//! What is done at the start: nothing that was begun is left without an end.

use std::sync::Arc;

use super::gates::INTERRUPTED;
use super::{Engine, EngineError, Mode};
use crate::store::StoreError;

impl Engine {
    /// Gives every run that a stopped proxy left open its verdict, and starts the gates that are due. Sessions of the other mode
    /// are left alone. A session that cannot
    /// be read is said to be so in the log, and the others go on without it.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn recover(self: &Arc<Self>) -> Result<(), EngineError> {
        for row in self.store.sessions().await?.into_iter().filter(|row| !row.closed) {
            let glimpse = match self.look(row.id).await {
                Ok(glimpse) => glimpse,
                Err(EngineError::Store(error @ StoreError::Unreadable { .. })) => {
                    tracing::error!(%error, session = %row.id, "the session cannot be read, so nothing of it is recovered");
                    continue;
                }
                Err(error) => return Err(error),
            };
            let Some(started) = glimpse.started.filter(|_| !glimpse.closed) else {
                continue;
            };
            // What it left open is for the next proxy of its own mode.
            if Mode::of(&started) != self.mode() {
                continue;
            }
            for (run, gate, since) in glimpse.open_runs {
                tracing::warn!(session = %row.id, %run, gate, "a run was interrupted by the end of the last proxy");
                let verdict = self.no_verdict(Some(&started), &gate, since, INTERRUPTED);
                self.finish(row.id, run, verdict).await;
            }
            self.start_due(row.id).await;
        }
        Ok(())
    }
}

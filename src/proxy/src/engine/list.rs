//! The list of sessions.

use std::sync::PoisonError;

use holdpoint_domain::session::SessionId;
use holdpoint_domain::wire::SessionBrief;

use super::{Engine, EngineError};
use crate::store::StoreError;

impl Engine {
    /// The newest sessions, or those before one, newest first.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn sessions(&self, before: Option<SessionId>) -> Result<Vec<SessionBrief>, EngineError> {
        let mut list = self.store.briefs(before).await?;
        self.mark_unreadable(&mut list);
        Ok(list)
    }

    /// Marks those that were seen to be unreadable.
    pub(super) fn mark_unreadable(&self, list: &mut [SessionBrief]) {
        let unreadable = self.unreadable.lock().unwrap_or_else(PoisonError::into_inner);
        for brief in list {
            brief.unreadable |= unreadable.contains(&brief.id);
        }
    }

    /// Notes what came of reading a session: an event that cannot be read makes it unreadable, and reading all of it makes it
    /// readable again.
    pub(crate) fn note_reading(&self, session: SessionId, error: Option<&StoreError>) {
        let mut unreadable = self.unreadable.lock().unwrap_or_else(PoisonError::into_inner);
        match error {
            Some(error @ StoreError::Unreadable { .. }) => {
                if unreadable.insert(session) {
                    tracing::error!(%error, %session, "the session cannot be read; the others are not concerned");
                }
            }
            // Whether it can be read was not seen.
            Some(_) => return,
            None => {
                unreadable.remove(&session);
            }
        }
        self.metrics.unreadable(unreadable.len());
    }
}

//! The list of sessions.

use std::collections::HashMap;
use std::sync::PoisonError;

use holdpoint_domain::session::SessionId;
use holdpoint_domain::wire::{SessionBrief, Usual};

use super::{Engine, EngineError};
use crate::store::{Store, StoreError};

/// The newest sessions, or those before one, newest first ([`Store::briefs`]). One that is known to be unreadable is marked.
///
/// # Errors
/// The store does not answer.
pub async fn list_sessions(store: &dyn Store, before: Option<SessionId>) -> Result<Vec<SessionBrief>, StoreError> {
    let mut list = store.briefs(before).await?;
    // A rollback of a session that was closed already is linked from the rollback's side only.
    let undone: HashMap<SessionId, SessionId> = list
        .iter()
        .rev()
        .filter_map(|brief| Some((brief.undoes?, brief.id)))
        .collect();
    for brief in &mut list {
        brief.undone_by = brief.undone_by.or_else(|| undone.get(&brief.id).copied());
    }
    Ok(list)
}

impl Engine {
    /// The newest sessions, or those before one, newest first.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn sessions(&self, before: Option<SessionId>) -> Result<Vec<SessionBrief>, EngineError> {
        let mut list = list_sessions(&*self.store, before).await?;
        let unreadable = self.unreadable.lock().unwrap_or_else(PoisonError::into_inner);
        for brief in &mut list {
            brief.unreadable |= unreadable.contains(&brief.id);
        }
        Ok(list)
    }

    /// Notes what came of reading a session: an event that cannot be read makes it unreadable, and reading all of it makes it
    /// readable again.
    pub(super) fn note_reading(&self, session: SessionId, error: Option<&StoreError>) {
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

    /// How long sessions like this one took. It is never a reason not to show the session itself.
    pub async fn usual(&self, session: SessionId) -> Option<Usual> {
        match self.sessions(None).await {
            Ok(list) => Usual::of(&list, session),
            Err(error) => {
                tracing::warn!(%error, %session, "how long such sessions took is not known");
                None
            }
        }
    }
}

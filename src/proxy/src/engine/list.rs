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
    // A rollback of a session that was closed already is linked from the rollback's side only. It goes before one that was started
    // earlier, of which the session's log tells.
    let undone: HashMap<SessionId, SessionId> = list
        .iter()
        .rev()
        .filter_map(|brief| Some((brief.undoes?, brief.id)))
        .collect();
    for brief in &mut list {
        let later = undone.get(&brief.id).copied();
        brief.undone_by = match brief.closed {
            Some(_) => later.or(brief.undone_by),
            None => brief.undone_by.or(later),
        };
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

    /// How long sessions like this one took, and its rollback ([`SessionBrief::undone_by`]). Neither is a reason not to show the session
    /// itself.
    pub async fn of_list(&self, session: SessionId) -> (Option<Usual>, Option<SessionId>) {
        match self.sessions(None).await {
            Ok(list) => {
                let brief = list.iter().find(|brief| brief.id == session);
                (Usual::of(&list, session), brief.and_then(|brief| brief.undone_by))
            }
            Err(error) => {
                tracing::warn!(%error, %session, "what the list of sessions says of it is not known");
                (None, None)
            }
        }
    }
}

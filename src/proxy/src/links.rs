//! The sessions that an export is linked with, as their own logs tell of them.

use holdpoint_domain::session::{Event, Record, SessionId};
use holdpoint_report::{LinkedSession, LinkedSessions};

use crate::store::{Store, StoreError, all_events};

/// What the logs of the sessions say that a session undoes or that undo it. A log that cannot be read is one of which nothing is
/// known: it is no reason not to export this one.
///
/// # Errors
/// The list of sessions cannot be read.
pub async fn linked_sessions(
    store: &dyn Store,
    id: SessionId,
    records: &[Record],
) -> Result<LinkedSessions, StoreError> {
    let undoes = records.iter().find_map(|record| match &record.event {
        Event::SessionStarted(started) => started.undoes,
        _ => None,
    });
    let started_here = records.iter().rev().find_map(|record| match record.event {
        Event::RollbackStarted { session, .. } => Some(session),
        _ => None,
    });
    let undone_by = match started_here {
        Some(session) => Some(session),
        // A rollback of a session that was closed already is linked from the rollback's side only.
        None => {
            let briefs = store.briefs(None).await?;
            briefs
                .iter()
                .find(|brief| brief.undoes == Some(id))
                .map(|brief| brief.id)
        }
    };
    Ok(LinkedSessions {
        undoes: linked(store, undoes).await,
        undone_by: linked(store, undone_by).await,
    })
}

async fn linked(store: &dyn Store, session: Option<SessionId>) -> Option<LinkedSession> {
    let session = session?;
    let log = match all_events(store, session, 0).await {
        Ok(records) => Some(records),
        Err(error) => {
            tracing::warn!(%error, %session, "the linked session cannot be read; the export says so");
            None
        }
    };
    Some(LinkedSession::new(session, log))
}

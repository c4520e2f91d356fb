//! The sessions that a session is linked with, as their own logs tell of them.

use holdpoint_domain::session::{Event, Record, SessionId};
use holdpoint_report::{LinkedSession, LinkedSessions};

use crate::store::{Store, StoreError, all_events};

/// What the logs of the sessions say that a session undoes or that undo it. A log that cannot be read is one of which nothing is
/// known: it is no reason not to export this one.
///
/// # Errors
/// The store does not answer.
pub async fn linked_sessions(
    store: &dyn Store,
    id: SessionId,
    records: &[Record],
) -> Result<LinkedSessions, StoreError> {
    let undoes = records.iter().find_map(|record| match &record.event {
        Event::SessionStarted(started) => started.undoes,
        _ => None,
    });
    let undone_by = undone_by(store, id, records).await?;
    Ok(LinkedSessions {
        undoes: linked(store, undoes).await,
        undone_by: linked(store, undone_by).await,
    })
}

/// The session that undoes this one, if there is any: the last that was started.
async fn undone_by(store: &dyn Store, id: SessionId, records: &[Record]) -> Result<Option<SessionId>, StoreError> {
    let started_here = records.iter().rev().find_map(|record| match record.event {
        Event::RollbackStarted { session, .. } => Some(session),
        _ => None,
    });
    Ok(store.rollback_of(id).await?.or(started_here))
}

/// The session that undoes this one, if there is any, with its records where they can be read.
///
/// # Errors
/// The store does not answer.
pub async fn rollback_of(
    store: &dyn Store,
    id: SessionId,
    records: &[Record],
) -> Result<Option<(SessionId, Option<Vec<Record>>)>, StoreError> {
    Ok(match undone_by(store, id, records).await? {
        Some(session) => Some((session, log_of(store, session).await)),
        None => None,
    })
}

async fn linked(store: &dyn Store, session: Option<SessionId>) -> Option<LinkedSession> {
    let session = session?;
    Some(LinkedSession::new(session, log_of(store, session).await))
}

async fn log_of(store: &dyn Store, session: SessionId) -> Option<Vec<Record>> {
    match all_events(store, session, 0).await {
        Ok(records) => Some(records),
        Err(error) => {
            tracing::warn!(%error, %session, "the linked session cannot be read, so that nothing is known of it");
            None
        }
    }
}

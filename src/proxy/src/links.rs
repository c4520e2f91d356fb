//! The sessions that an export is linked with, as their own logs tell of them.

use holdpoint_domain::session::{Event, Record, SessionId, State};
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
    let undone_by = undone_by(store, id, records).await?;
    Ok(LinkedSessions {
        undoes: linked(store, undoes).await,
        undone_by: linked(store, undone_by).await,
    })
}

/// The session that undoes this one, if there is any: the last that was started from it.
async fn undone_by(store: &dyn Store, id: SessionId, records: &[Record]) -> Result<Option<SessionId>, StoreError> {
    let started_here = records.iter().rev().find_map(|record| match record.event {
        Event::RollbackStarted { session, .. } => Some(session),
        _ => None,
    });
    if started_here.is_some() {
        return Ok(started_here);
    }
    // A rollback of a session that was closed already is linked from the rollback's side only.
    let briefs = store.briefs(None).await?;
    let undoes = briefs.iter().find(|brief| brief.undoes == Some(id));
    Ok(undoes.map(|brief| brief.id))
}

/// The state of the session that undoes this one, if there is any whose log can be read.
///
/// # Errors
/// The list of sessions cannot be read.
pub async fn rollback_of(store: &dyn Store, id: SessionId, records: &[Record]) -> Result<Option<State>, StoreError> {
    Ok(match undone_by(store, id, records).await? {
        Some(session) => state_of(store, session).await,
        None => None,
    })
}

async fn linked(store: &dyn Store, session: Option<SessionId>) -> Option<LinkedSession> {
    let session = session?;
    Some(LinkedSession::new(session, state_of(store, session).await.as_ref()))
}

async fn state_of(store: &dyn Store, session: SessionId) -> Option<State> {
    match all_events(store, session, 0).await {
        Ok(records) => Some(State::fold(&records)),
        Err(error) => {
            tracing::warn!(%error, %session, "the linked session cannot be read, so that nothing is known of it");
            None
        }
    }
}

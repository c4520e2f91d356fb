//! The sessions that a session is linked with, as their own logs tell of them.

use std::sync::Arc;

use holdpoint_domain::session::{Event, Record, SessionId};
use holdpoint_report::{Folded, LinkedSession, LinkedSessions};
use tokio::task::{JoinError, spawn_blocking};

use crate::exports::stored_log::StoredLog;
use crate::store::{Store, StoreError, all_events};

/// The sessions that a session is linked with.
#[derive(Clone, Copy, Debug)]
pub struct LinkedIds {
    undoes: Option<SessionId>,
    undone_by: Option<SessionId>,
}

impl LinkedIds {
    /// As the session's own log and the store say.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn of(store: &dyn Store, id: SessionId, folded: &Folded) -> Result<Self, StoreError> {
        Ok(Self {
            undoes: folded.undoes(),
            undone_by: undone_by(store, id, folded.undone_by()).await?,
        })
    }
}

/// What the logs of linked sessions say. A log that cannot be read is one of which nothing is known: it is no reason not to export
/// this one.
///
/// # Errors
/// Reading panicked, or the runtime ended under it.
pub async fn read_linked(store: &Arc<dyn Store>, ids: LinkedIds) -> Result<LinkedSessions, JoinError> {
    let mut undone_by = linked(store, ids.undone_by).await?;
    if let Some(rollback) = undone_by.as_mut().filter(|rollback| !rollback.is_undone) {
        match store.rollback_of(rollback.session).await {
            Ok(found) => rollback.is_undone = found.is_some(),
            // Whether it holds is not known, so that nothing is.
            Err(error) => *rollback = unread(rollback.session, &error),
        }
    }
    Ok(LinkedSessions {
        undoes: linked(store, ids.undoes).await?,
        undone_by,
    })
}

async fn linked(store: &Arc<dyn Store>, session: Option<SessionId>) -> Result<Option<LinkedSession>, JoinError> {
    let Some(session) = session else {
        return Ok(None);
    };
    let head = match store.head(session).await {
        Ok(Some(head)) => head,
        Ok(None) => return Ok(Some(LinkedSession::unknown(session))),
        Err(error) => return Ok(Some(unread(session, &error))),
    };
    let number = match store.number_of_day(session).await {
        Ok(number) => number,
        Err(error) => return Ok(Some(unread(session, &error))),
    };
    let log = Arc::new(StoredLog::new(Arc::clone(store), session, head));
    let read = spawn_blocking(move || LinkedSession::read(session, number, log)).await?;
    Ok(Some(read.unwrap_or_else(|error| unread(session, &error))))
}

fn unread(session: SessionId, error: &dyn std::error::Error) -> LinkedSession {
    tracing::warn!(%error, %session, "the linked session cannot be read, so that nothing is known of it");
    LinkedSession::unknown(session)
}

/// The session that undoes this one, if there is any: the last that was started. `started_here` is the one that its own log names.
async fn undone_by(
    store: &dyn Store,
    id: SessionId,
    started_here: Option<SessionId>,
) -> Result<Option<SessionId>, StoreError> {
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
    let started_here = records.iter().rev().find_map(|record| match record.event {
        Event::RollbackStarted { session, .. } => Some(session),
        _ => None,
    });
    Ok(match undone_by(store, id, started_here).await? {
        Some(session) => Some((session, log_of(store, session).await)),
        None => None,
    })
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

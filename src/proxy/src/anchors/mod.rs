//! Anchors: the last event's hash of each session, kept where whoever can write the database cannot write.

mod check;
mod file;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use holdpoint_domain::session::SessionId;
use serde::{Deserialize, Serialize};

pub use check::{Finding, check_database, compare};
pub use file::{AnchorFileError, append, lines, read};

use crate::store::{Store, StoreError};

/// What a session's log was at a time: a line of the file. Nothing in it is secret, or from the log but its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Anchor {
    /// When it was anchored.
    pub at: DateTime<Utc>,
    pub session: SessionId,
    /// The place of its last event then.
    pub seq: u64,
    /// The hash of that event.
    pub hash: String,
}

/// A session that could not be anchored.
pub type Unread = (SessionId, StoreError);

/// The heads of all sessions, oldest session first, and those that cannot be read.
///
/// # Errors
/// The list of sessions cannot be read.
pub async fn heads(store: &Arc<dyn Store>, at: DateTime<Utc>) -> Result<(Vec<Anchor>, Vec<Unread>), StoreError> {
    let (mut anchors, mut unread) = (Vec::new(), Vec::new());
    for row in store.sessions().await?.into_iter().rev() {
        let session = row.id;
        match head(&**store, session).await {
            Ok(Some((seq, hash))) => anchors.push(Anchor { at, session, seq, hash }),
            Ok(None) => {}
            Err(error) => unread.push((session, error)),
        }
    }
    Ok((anchors, unread))
}

async fn head(store: &dyn Store, session: SessionId) -> Result<Option<(u64, String)>, StoreError> {
    let Some(seq) = store.head(session).await? else {
        return Ok(None);
    };
    let last = store.events(session, seq.saturating_sub(1), 1).await?;
    Ok(last.into_iter().next().map(|record| (record.seq, record.hash)))
}

//! What is appended.

use std::sync::Arc;

use holdpoint_domain::session::{CommandId, Record, SessionId};
use holdpoint_domain::wire::SessionBrief;

use super::{Progress, Projection, StoreError};

/// The events of one command, all or nothing. A clone shares the events.
#[derive(Clone, Debug)]
pub struct Append {
    /// The command that made them.
    pub command: CommandId,
    /// What tells one body of a command from another.
    pub digest: String,
    /// One part for each session. The first is the one that the command was sent to.
    pub parts: Vec<SessionAppend>,
}

/// Events of one session, sealed, without a gap. A clone shares them.
#[derive(Clone, Debug)]
pub struct SessionAppend {
    /// The session that all of them belong to.
    pub session: SessionId,
    /// The events; never empty.
    pub records: Arc<[EncodedRecord]>,
    /// What the list says of a session that these events start.
    pub brief: Option<Arc<SessionBrief>>,
    /// What these events make of it; nothing if the session has no start.
    pub progress: Option<Progress>,
    /// What the session can be found by since these events.
    pub projection: Arc<Projection>,
}

/// An event and its JSON, which is written once for the store and for all viewers.
#[derive(Clone, Debug)]
pub struct EncodedRecord {
    pub record: Record,
    pub json: Arc<str>,
}

impl SessionAppend {
    /// Writes the events' JSON. There is neither brief, progress nor projection yet.
    ///
    /// # Errors
    /// An event cannot be written as JSON.
    pub fn new(session: SessionId, records: Vec<Record>) -> Result<Self, StoreError> {
        let encode = |record: Record| {
            let json = serde_json::to_string(&record).map_err(|error| StoreError::Unwritable {
                session,
                seq: record.seq,
                source: Arc::new(error),
            })?;
            Ok(EncodedRecord {
                record,
                json: json.into(),
            })
        };
        Ok(Self {
            session,
            records: records.into_iter().map(encode).collect::<Result<_, StoreError>>()?,
            brief: None,
            progress: None,
            projection: Arc::default(),
        })
    }
}

/// What came of an append. Only [`Appended::Durable`] wrote something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appended {
    /// The events are durable.
    Durable,
    /// Another writer was faster: a session does not end where the events begin.
    Conflict,
    /// The command had been carried out before.
    Known,
}

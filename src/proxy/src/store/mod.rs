//! Keeping events, so that nothing is acknowledged before it is durable.

mod schema;
mod sqlite;
#[cfg(test)]
mod tests;
mod writer;

use futures::future::BoxFuture;
use holdpoint_domain::session::{CommandId, Record, SessionId};

#[cfg(test)]
pub(crate) use schema::DATABASE_FILE;
pub use sqlite::SqliteStore;

/// Keeps sessions' events and what people sign in with.
pub trait Store: Send + Sync + 'static {
    /// Appends events, all or nothing. The request takes its place in the queue when this is called, and not when the
    /// future is first polled: a caller that appends A and then B knows that A comes first. The future is done when the
    /// events are durable.
    fn append(&self, append: Append) -> BoxFuture<'static, Result<Appended, StoreError>>;

    /// Whether the session has an event. None of them is read: the first one holds a whole runbook.
    fn exists(&self, session: SessionId) -> BoxFuture<'_, Result<bool, StoreError>>;

    /// A session's events after a place, at most `limit` of them, in order.
    fn events(&self, session: SessionId, after: u64, limit: u32) -> BoxFuture<'_, Result<Vec<Record>, StoreError>>;

    /// A command that was carried out.
    fn command(&self, id: CommandId) -> BoxFuture<'_, Result<Option<Known>, StoreError>>;

    /// Every session, newest first. A row that cannot be read is said to be so in the log, and left out.
    fn sessions(&self) -> BoxFuture<'_, Result<Vec<SessionRow>, StoreError>>;

    /// Keeps the hash of a secret until it expires (seconds since 1970). A new link ends those that were not used.
    fn keep_secret(&self, kind: SecretKind, hash: String, expires: i64) -> BoxFuture<'_, Result<(), StoreError>>;

    /// Uses a one-time link up. False when there is no such link, or it has expired.
    fn use_link(&self, hash: String, now: i64) -> BoxFuture<'_, Result<bool, StoreError>>;

    /// When a cookie expires, if there is one with this hash and it has not.
    fn cookie(&self, hash: String, now: i64) -> BoxFuture<'_, Result<Option<i64>, StoreError>>;

    /// Whether it answers.
    fn ready(&self) -> BoxFuture<'_, Result<(), StoreError>>;

    /// Writes what waits and closes.
    fn close(&self) -> BoxFuture<'_, ()>;
}

/// All of a session's events after a place.
///
/// # Errors
/// The store does not answer.
pub async fn all_events(store: &dyn Store, session: SessionId, after: u64) -> Result<Vec<Record>, StoreError> {
    const AT_ONCE: u32 = 1000;
    let mut all: Vec<Record> = Vec::new();
    loop {
        let cursor = all.last().map_or(after, |last| last.seq);
        let some = store.events(session, cursor, AT_ONCE).await?;
        let whole = some.len() < AT_ONCE as usize;
        all.extend(some);
        if whole {
            return Ok(all);
        }
    }
}

/// Events to append, all or nothing.
#[derive(Clone, Debug)]
pub struct Append {
    /// The command that made them.
    pub command: CommandId,
    /// What tells one body of a command from another.
    pub digest: String,
    /// One part for each session. The first is the one that the command was sent to.
    pub parts: Vec<Part>,
}

/// Events of one session, sealed, without a gap.
#[derive(Clone, Debug)]
pub struct Part {
    /// The session that all of them belong to.
    pub session: SessionId,
    /// The events; never empty.
    pub records: Vec<Record>,
}

/// What came of an append.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appended {
    /// The events are durable.
    Durable,
    /// Another writer was faster: a session does not end where the events begin. Nothing was written.
    Conflict,
    /// The command had been carried out before. Nothing was written.
    Known,
}

/// A command that was carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The session that it was sent to.
    pub session: SessionId,
    /// What tells one body from another.
    pub digest: String,
    /// The first event that it made there.
    pub first_seq: u64,
    /// The last.
    pub last_seq: u64,
}

/// One session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// Its id.
    pub id: SessionId,
    /// Its last event.
    pub last_seq: u64,
    /// It was closed.
    pub closed: bool,
}

/// What a secret is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretKind {
    /// A one-time sign-in link.
    Link,
    /// A signed-in browser.
    Cookie,
}

impl SecretKind {
    fn word(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Cookie => "cookie",
        }
    }
}

/// Why the store could not do it.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// The database belongs to a newer program.
    #[error(
        "the database {path} was written by a newer version of Holdpoint (its schema is {found}, this program knows \
         {known}); use that version, or another data folder"
    )]
    Newer {
        /// The database.
        path: String,
        /// Its schema.
        found: i64,
        /// The newest that this program knows.
        known: i64,
    },
    /// The database was written by an older program, and this command must not change its schema.
    #[error(
        "the database {path} was written by an older version of Holdpoint (its schema is {found}, this program knows \
         {known}); start its proxy with this version once, or use the version that runs there"
    )]
    Older {
        /// The database.
        path: String,
        /// Its schema.
        found: i64,
        /// The newest that this program knows.
        known: i64,
    },
    /// There is no database in the folder.
    #[error("the data folder {folder} holds no database; name the one that the proxy uses with --data-dir")]
    NoDatabase {
        /// The data folder.
        folder: String,
    },
    /// The SQLite library is too old.
    #[error("this program was built with SQLite {found}, which is older than {wanted}; build it with the bundled one")]
    OldSqlite {
        /// Its version.
        found: String,
        /// The oldest that is right.
        wanted: &'static str,
    },
    /// The database cannot be opened.
    #[error("the database {path} cannot be opened: {reason}")]
    Open {
        /// The database's file.
        path: String,
        /// What the database says.
        reason: String,
    },
    /// The database does not do what it should.
    #[error("the database failed: {reason}")]
    Failed {
        /// What it said.
        reason: String,
    },
    /// A row is not what this program writes.
    #[error("event {seq} of session {session} in the database cannot be read: {reason}")]
    Unreadable {
        /// The session's id, as the row has it.
        session: String,
        /// The event's `seq`.
        seq: i64,
        /// What the reader of JSON says.
        reason: String,
    },
    /// More is waiting than can be written soon.
    #[error("the database has more to write than it can at present; try again in a moment")]
    Busy,
    /// The proxy is stopping.
    #[error("the proxy is stopping, so nothing more is written")]
    Closed,
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::PoolClosed => Self::Closed,
            other => Self::Failed {
                reason: other.to_string(),
            },
        }
    }
}

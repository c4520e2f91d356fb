//! Why the store could not do it.

use std::sync::Arc;

use holdpoint_domain::session::SessionId;
use sqlx::error::ErrorKind;

/// Why an event cannot be read.
#[derive(Clone, Debug, thiserror::Error)]
pub enum UnreadableCause {
    /// It is not the JSON of an event that this program knows.
    #[error("{0}")]
    Json(#[source] Arc<serde_json::Error>),
    /// It says of itself that it is another one.
    #[error("it calls itself event {seq} of session {session}")]
    Misplaced { session: SessionId, seq: u64 },
    /// A newer program wrote it, and this one might misread it.
    #[error("it has version {found}, and this program knows those up to {known}")]
    Newer { found: u16, known: u16 },
    /// It does not continue the chain of those before it, or one before it is missing.
    #[error("it does not follow from the event before it")]
    Unchained,
    /// There is no row of it, though later ones are there, or the session's own row says that there is one.
    #[error("it is not there")]
    Missing,
    /// The session's own row ends before it.
    #[error("the session's row says that {last} is its last event")]
    BeyondLast { last: i64 },
    /// The hash beside it is another than its own.
    #[error("the hash that is kept beside it is not its own")]
    WrongHash,
    /// The database's file is damaged where the event is.
    #[error("{0}")]
    Damaged(#[source] Arc<sqlx::Error>),
}

/// Why the store could not do it. It can be cloned because many may wait for one transaction.
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
    /// The file has none of this program's tables.
    #[error("the database {path} is none of Holdpoint's, or was never opened by `holdpoint serve`")]
    Foreign {
        /// The database.
        path: String,
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
    #[error("the database {path} cannot be opened: {source}")]
    Open {
        /// The database's file.
        path: String,
        /// What the database says.
        source: Arc<sqlx::Error>,
    },
    /// The database can only be read from a copy, and there is none.
    #[error("the database {path} cannot be copied, so that it could be read: {source}")]
    Copy {
        /// The database's file.
        path: String,
        /// What the system says.
        source: Arc<std::io::Error>,
    },
    /// The database does not do what it should.
    #[error("the database failed: {0}")]
    Database(#[source] Arc<sqlx::Error>),
    /// Something that has no error of its own failed.
    #[error("the database failed: {reason}")]
    Failed {
        /// What happened.
        reason: String,
    },
    /// A row is not what this program writes. It concerns this session and no other.
    #[error("event {seq} of session {session} in the database cannot be read: {source}")]
    Unreadable {
        /// The session.
        session: SessionId,
        /// The event's `seq`.
        seq: i64,
        /// What is wrong with it.
        source: UnreadableCause,
    },
    /// An event cannot be written as JSON.
    #[error("event {seq} of session {session} cannot be written: {source}")]
    Unwritable {
        /// The session.
        session: SessionId,
        /// The event's `seq`.
        seq: u64,
        /// What the writer of JSON says.
        source: Arc<serde_json::Error>,
    },
    /// More is waiting than can be done soon.
    #[error("the database has more to do than it can at present; try again in a moment")]
    Busy,
    /// The proxy is stopping.
    #[error("the proxy is stopping, so nothing more is written")]
    Closed,
}

impl StoreError {
    /// Whether the same may succeed a moment later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Busy | Self::Failed { .. } => true,
            // What breaks the tables' rules now breaks them later, too.
            Self::Database(error) => !error.as_database_error().is_some_and(|error| {
                matches!(
                    error.kind(),
                    ErrorKind::NotNullViolation | ErrorKind::CheckViolation | ErrorKind::ForeignKeyViolation
                )
            }),
            Self::Newer { .. }
            | Self::Foreign { .. }
            | Self::OldSqlite { .. }
            | Self::Open { .. }
            | Self::Copy { .. }
            | Self::Unreadable { .. }
            | Self::Unwritable { .. }
            | Self::Closed => false,
        }
    }
}

/// SQLite's primary result codes for a file that is not what it should be: `SQLITE_CORRUPT` and `SQLITE_NOTADB`.
const DAMAGED: [i32; 2] = [11, 26];

/// What went wrong while events of a session were read, from this one on. Where the file is damaged there, it is no error of the
/// rest of the database.
pub(super) fn while_reading(session: SessionId, seq: i64, error: sqlx::Error) -> StoreError {
    if is_damage(&error) {
        let source = UnreadableCause::Damaged(Arc::new(error));
        return StoreError::Unreadable { session, seq, source };
    }
    error.into()
}

/// Whether the file is not what it should be.
pub(super) fn is_damage(error: &sqlx::Error) -> bool {
    let code = error
        .as_database_error()
        .and_then(|error| error.code()?.parse::<i32>().ok());
    code.is_some_and(|code| DAMAGED.contains(&(code & 0xff)))
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::PoolClosed => Self::Closed,
            other => Self::Database(Arc::new(other)),
        }
    }
}

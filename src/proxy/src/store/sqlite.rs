//! The store in a SQLite file.

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use futures::FutureExt;
use futures::future::BoxFuture;
use holdpoint_domain::session::{CommandId, Record, SessionId};
use holdpoint_domain::wire::SessionBrief;
use sqlx::sqlite::SqlitePoolOptions;
use sqlx::{SqliteConnection, SqlitePool};
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::fmt::Hyphenated;

use super::brief::{read, read_brief};
use super::writer::{Request, Writer};
use super::{
    Append, Appended, EventJson, NewCookie, RecordedCommand, SecretKind, SessionRow, Store, StoreError, schema,
};
use crate::data::{DataError, DataFolder, DataLock};

/// Connections that read, and write secrets, at the same time. Events have a connection of their own.
const CONNECTIONS: u32 = 4;
/// Requests to append that may wait. More than this is not a queue any more but a jam, and is told so.
const MAX_QUEUED: usize = 4096;

/// The store in a SQLite file.
#[derive(Debug)]
pub struct SqliteStore {
    pool: SqlitePool,
    /// Absent when nothing can be appended: after the closing, and beside another proxy.
    queue: RwLock<Option<mpsc::Sender<Request>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
    writer_ended: CancellationToken,
}

impl SqliteStore {
    /// Opens the database of the data folder that is held, makes it where there is none, and brings one of an older version up
    /// to date.
    ///
    /// # Errors
    /// It cannot be opened, or a newer program wrote it.
    pub async fn open(folder: &DataLock) -> Result<Self, StoreError> {
        Self::open_writing(folder.path()).await
    }

    /// The same without the lock, for tests with two writers.
    pub(super) async fn open_writing(folder: &Path) -> Result<Self, StoreError> {
        let writer = Writer::new(schema::open(folder).await?).await?;
        let (queue, requests) = mpsc::channel(MAX_QUEUED);
        let pool = pool(folder).await?;
        let writer_ended = CancellationToken::new();
        let tells = writer_ended.clone().drop_guard();
        let writer = tokio::spawn(async move {
            // Told whatever the writer dies of.
            let _tells = tells;
            writer.run(requests).await;
        });
        Ok(Self {
            pool,
            queue: RwLock::new(Some(queue)),
            writer: Mutex::new(Some(writer)),
            writer_ended,
        })
    }

    /// Cancelled when nothing can be appended any more: the store was closed, or its writer panicked.
    #[must_use]
    pub fn writer_ended(&self) -> CancellationToken {
        self.writer_ended.clone()
    }

    /// Opens the database of a data folder that a proxy may hold at the same time. No events can be appended
    /// ([`StoreError::Closed`]). One of an older version is brought up to date first, if no proxy holds the folder.
    ///
    /// # Errors
    /// There is none, it cannot be opened, or its schema is not this program's.
    pub async fn open_beside(folder: &DataFolder) -> Result<Self, StoreError> {
        match schema::check(folder.path()).await {
            Err(older @ StoreError::Older { .. }) => {
                let lock = folder.lock().map_err(|error| match error {
                    DataError::Locked { .. } => older,
                    other => StoreError::Folder(Arc::new(other)),
                })?;
                Self::open(&lock).await?.close().await;
            }
            checked => checked?,
        }
        Ok(Self {
            pool: pool(folder.path()).await?,
            queue: RwLock::new(None),
            writer: Mutex::new(None),
            writer_ended: cancelled(),
        })
    }

    #[cfg(test)]
    pub(super) async fn abort_writer(&self) {
        if let Some(writer) = &*self.writer.lock().await {
            writer.abort();
        }
    }

    fn enqueue(
        &self,
        appends: Vec<Append>,
    ) -> Result<oneshot::Receiver<Result<Vec<Appended>, StoreError>>, StoreError> {
        let (answer, answered) = oneshot::channel();
        let queue = self.queue.read().unwrap_or_else(PoisonError::into_inner);
        let queue = queue.as_ref().ok_or(StoreError::Closed)?;
        match queue.try_send(Request { appends, answer }) {
            Ok(()) => Ok(answered),
            Err(mpsc::error::TrySendError::Full(_)) => Err(StoreError::Busy),
            Err(mpsc::error::TrySendError::Closed(_)) => Err(StoreError::Closed),
        }
    }

    /// A session's events after a place, as their rows have them.
    async fn rows(&self, session: SessionId, after: u64, limit: u32) -> Result<Vec<(i64, String)>, StoreError> {
        let Ok(after) = i64::try_from(after) else {
            return Ok(Vec::new());
        };
        let rows = sqlx::query_as("SELECT seq, record FROM events WHERE session = ? AND seq > ? ORDER BY seq LIMIT ?")
            .bind(session.hyphenated())
            .bind(after)
            .bind(limit)
            .fetch_all(&self.pool)
            .await?;
        Ok(rows)
    }
}

/// Keeps a secret, and forgets those that have expired.
async fn keep(db: &mut SqliteConnection, kind: SecretKind, hash: String, expires: i64) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM secrets WHERE expires < unixepoch()")
        .execute(&mut *db)
        .await?;
    sqlx::query("INSERT INTO secrets (hash, kind, expires) VALUES (?, ?, ?)")
        .bind(hash)
        .bind(kind.word())
        .bind(expires)
        .execute(db)
        .await?;
    Ok(())
}

fn cancelled() -> CancellationToken {
    let token = CancellationToken::new();
    token.cancel();
    token
}

async fn pool(folder: &Path) -> Result<SqlitePool, StoreError> {
    let options = SqlitePoolOptions::new().max_connections(CONNECTIONS).min_connections(1);
    Ok(options.connect_with(schema::options(folder)).await?)
}

// Each future is boxed, because the engine holds its store as `dyn Store`, and traits with `async fn` have no `dyn`.
impl Store for SqliteStore {
    fn append_all(&self, appends: Vec<Append>) -> BoxFuture<'static, Result<Vec<Appended>, StoreError>> {
        match self.enqueue(appends) {
            // A writer that went away without an answer has not said that anything is durable.
            Ok(answered) => async { answered.await.unwrap_or(Err(StoreError::Closed)) }.boxed(),
            Err(error) => async { Err(error) }.boxed(),
        }
    }

    fn head(&self, session: SessionId) -> BoxFuture<'_, Result<Option<u64>, StoreError>> {
        async move {
            let last: Option<i64> = sqlx::query_scalar("SELECT max(seq) FROM events WHERE session = ?")
                .bind(session.hyphenated())
                .fetch_one(&self.pool)
                .await?;
            last.map(seq_of).transpose()
        }
        .boxed()
    }

    fn events(&self, session: SessionId, after: u64, limit: u32) -> BoxFuture<'_, Result<Vec<Record>, StoreError>> {
        async move {
            let rows = self.rows(session, after, limit).await?;
            rows.into_iter().map(|(seq, text)| read(session, seq, &text)).collect()
        }
        .boxed()
    }

    fn events_json(
        &self,
        session: SessionId,
        after: u64,
        limit: u32,
    ) -> BoxFuture<'_, Result<Vec<EventJson>, StoreError>> {
        async move {
            let rows = self.rows(session, after, limit).await?;
            let checked = |(seq, text): (i64, String)| Ok((read(session, seq, &text)?.seq, text.into()));
            rows.into_iter().map(checked).collect()
        }
        .boxed()
    }

    fn command(&self, id: CommandId) -> BoxFuture<'_, Result<Option<RecordedCommand>, StoreError>> {
        async move {
            let row: Option<(Hyphenated, String, i64, i64)> =
                sqlx::query_as("SELECT session, digest, first_seq, last_seq FROM commands WHERE id = ?")
                    .bind(id.hyphenated())
                    .fetch_optional(&self.pool)
                    .await?;
            row.map(|(session, digest, first, last)| {
                Ok(RecordedCommand {
                    session: session.into_uuid(),
                    digest,
                    first_seq: seq_of(first)?,
                    last_seq: seq_of(last)?,
                })
            })
            .transpose()
        }
        .boxed()
    }

    fn sessions(&self) -> BoxFuture<'_, Result<Vec<SessionRow>, StoreError>> {
        async move {
            let rows: Vec<(String, i64, bool)> =
                sqlx::query_as("SELECT id, last_seq, closed FROM sessions ORDER BY started DESC, id DESC")
                    .fetch_all(&self.pool)
                    .await?;
            let row = |(id, last, closed): (String, i64, bool)| match (id.parse(), seq_of(last)) {
                (Ok(id), Ok(last_seq)) => Some(SessionRow { id, last_seq, closed }),
                (id_read, last_read) => {
                    let (id_error, last_error) = (id_read.err(), last_read.err());
                    tracing::error!(
                        session = id,
                        ?id_error,
                        ?last_error,
                        "a row of the table of sessions cannot be read"
                    );
                    None
                }
            };
            Ok(rows.into_iter().filter_map(row).collect())
        }
        .boxed()
    }

    fn count_open(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        async move {
            let count: i64 = sqlx::query_scalar("SELECT count(*) FROM sessions WHERE NOT closed")
                .fetch_one(&self.pool)
                .await?;
            Ok(count.unsigned_abs())
        }
        .boxed()
    }

    fn briefs(&self) -> BoxFuture<'_, Result<Vec<SessionBrief>, StoreError>> {
        async move {
            let query = "SELECT id, brief, progress FROM sessions WHERE brief IS NOT NULL AND progress IS NOT NULL \
                         AND progress_seq = last_seq ORDER BY started DESC, id DESC";
            let rows: Vec<(String, String, String)> = sqlx::query_as(query).fetch_all(&self.pool).await?;
            let brief = |(id, brief, progress): (String, String, String)| match read_brief(&brief, &progress) {
                Ok(brief) => Some(brief),
                Err(error) => {
                    tracing::error!(%error, session = id, "what the list says of the session cannot be read");
                    None
                }
            };
            Ok(rows.into_iter().filter_map(brief).collect())
        }
        .boxed()
    }

    fn keep_secret(&self, kind: SecretKind, hash: String, expires: i64) -> BoxFuture<'_, Result<(), StoreError>> {
        async move {
            let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
            if kind == SecretKind::Link {
                sqlx::query("DELETE FROM secrets WHERE kind = 'link'")
                    .execute(&mut *transaction)
                    .await?;
            }
            keep(&mut transaction, kind, hash, expires).await?;
            Ok(transaction.commit().await?)
        }
        .boxed()
    }

    fn exchange_link(&self, link: String, now: i64, cookie: NewCookie) -> BoxFuture<'_, Result<bool, StoreError>> {
        async move {
            let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
            // Deleting is the test: of two who come at the same moment, one finds nothing to delete.
            let done = sqlx::query("DELETE FROM secrets WHERE kind = 'link' AND hash = ? AND expires > ?")
                .bind(link)
                .bind(now)
                .execute(&mut *transaction)
                .await?;
            if done.rows_affected() == 0 {
                return Ok(false);
            }
            keep(&mut transaction, SecretKind::Cookie, cookie.hash, cookie.expires).await?;
            transaction.commit().await?;
            Ok(true)
        }
        .boxed()
    }

    fn cookie(&self, hash: String, now: i64) -> BoxFuture<'_, Result<Option<i64>, StoreError>> {
        async move {
            Ok(
                sqlx::query_scalar("SELECT expires FROM secrets WHERE kind = 'cookie' AND hash = ? AND expires > ?")
                    .bind(hash)
                    .bind(now)
                    .fetch_optional(&self.pool)
                    .await?,
            )
        }
        .boxed()
    }

    fn ready(&self) -> BoxFuture<'_, Result<(), StoreError>> {
        async move {
            let writing = self
                .queue
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .as_ref()
                .map(mpsc::Sender::is_closed);
            if writing != Some(false) {
                return Err(StoreError::Closed);
            }
            sqlx::query("SELECT 1 FROM sessions LIMIT 1")
                .execute(&self.pool)
                .await?;
            Ok(())
        }
        .boxed()
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        async move {
            // Without a sender the writer writes what waits and ends.
            drop(self.queue.write().unwrap_or_else(PoisonError::into_inner).take());
            if let Some(writer) = self.writer.lock().await.take()
                && let Err(error) = writer.await
            {
                tracing::error!(%error, "the database's writer did not end well");
            }
            self.pool.close().await;
        }
        .boxed()
    }
}

fn seq_of(seq: i64) -> Result<u64, StoreError> {
    u64::try_from(seq).map_err(|_| StoreError::Failed {
        reason: format!("{seq} is not a place in a session"),
    })
}

//! The store in a SQLite file.

use std::path::Path;

use futures::FutureExt;
use futures::future::BoxFuture;
use holdpoint_domain::session::{CommandId, Record, SessionId};
use sqlx::sqlite::SqlitePoolOptions;
use sqlx::{SqliteConnection, SqlitePool};
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::data::FolderLock;

use super::writer::{self, Request};
use super::{Append, Appended, Known, SecretKind, SessionRow, Store, StoreError, schema};

/// Connections that read at the same time.
const READERS: u32 = 4;
/// Appends that may wait. More than this is not a queue any more but a jam, and is told so.
const MOST_WAITING: usize = 4096;

/// The store in a SQLite file.
#[derive(Debug)]
pub struct SqliteStore {
    readers: SqlitePool,
    queue: std::sync::RwLock<Option<mpsc::Sender<Request>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl SqliteStore {
    /// Opens the database of a data folder that this process holds, makes it where there is none, and migrates it.
    ///
    /// # Errors
    /// It cannot be opened, or a newer program wrote it.
    pub async fn open(lock: &FolderLock) -> Result<Self, StoreError> {
        let folder = lock.folder();
        Self::with_writer(folder, schema::open_and_migrate(folder).await?).await
    }

    /// Opens the database of a data folder that a proxy may be using at the same time. It is not migrated.
    ///
    /// # Errors
    /// There is none, it cannot be opened, or another version of the program wrote it.
    pub async fn open_existing(folder: &Path) -> Result<Self, StoreError> {
        Self::with_writer(folder, schema::open_existing(folder).await?).await
    }

    async fn with_writer(folder: &Path, connection: SqliteConnection) -> Result<Self, StoreError> {
        let pool = SqlitePoolOptions::new().max_connections(READERS).min_connections(1);
        let readers = pool.connect_with(schema::options(folder)).await?;
        let (queue, requests) = mpsc::channel(MOST_WAITING);
        let writer = tokio::spawn(writer::write(connection, requests));
        Ok(Self {
            readers,
            queue: std::sync::RwLock::new(Some(queue)),
            writer: Mutex::new(Some(writer)),
        })
    }

    fn enqueue(&self, append: Append) -> Result<oneshot::Receiver<Result<Appended, StoreError>>, StoreError> {
        let (answer, answered) = oneshot::channel();
        let queue = self.queue.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        let queue = queue.as_ref().ok_or(StoreError::Closed)?;
        match queue.try_send(Request { append, answer }) {
            Ok(()) => Ok(answered),
            Err(mpsc::error::TrySendError::Full(_)) => Err(StoreError::Busy),
            Err(mpsc::error::TrySendError::Closed(_)) => Err(StoreError::Closed),
        }
    }
}

impl Store for SqliteStore {
    fn append(&self, append: Append) -> BoxFuture<'static, Result<Appended, StoreError>> {
        match self.enqueue(append) {
            // A writer that went away without an answer has not said that anything is durable.
            Ok(answered) => async { answered.await.unwrap_or(Err(StoreError::Closed)) }.boxed(),
            Err(error) => async { Err(error) }.boxed(),
        }
    }

    fn exists(&self, session: SessionId) -> BoxFuture<'_, Result<bool, StoreError>> {
        async move {
            let found: Option<i64> = sqlx::query_scalar("SELECT 1 FROM events WHERE session = ? LIMIT 1")
                .bind(session.to_string())
                .fetch_optional(&self.readers)
                .await?;
            Ok(found.is_some())
        }
        .boxed()
    }

    fn events(&self, session: SessionId, after: u64, limit: u32) -> BoxFuture<'_, Result<Vec<Record>, StoreError>> {
        async move {
            let Ok(after) = i64::try_from(after) else {
                return Ok(Vec::new());
            };
            let rows: Vec<(i64, String)> =
                sqlx::query_as("SELECT seq, record FROM events WHERE session = ? AND seq > ? ORDER BY seq LIMIT ?")
                    .bind(session.to_string())
                    .bind(after)
                    .bind(limit)
                    .fetch_all(&self.readers)
                    .await?;
            rows.into_iter().map(|(seq, text)| read(session, seq, &text)).collect()
        }
        .boxed()
    }

    fn command(&self, id: CommandId) -> BoxFuture<'_, Result<Option<Known>, StoreError>> {
        async move {
            let row: Option<(String, String, i64, i64)> =
                sqlx::query_as("SELECT session, digest, first_seq, last_seq FROM commands WHERE id = ?")
                    .bind(id.to_string())
                    .fetch_optional(&self.readers)
                    .await?;
            row.map(|(session, digest, first, last)| {
                Ok(Known {
                    session: uuid(&session)?,
                    digest,
                    first_seq: place(first)?,
                    last_seq: place(last)?,
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
                    .fetch_all(&self.readers)
                    .await?;
            let row = |(id, last, closed): (String, i64, bool)| match (uuid(&id), place(last)) {
                (Ok(id), Ok(last_seq)) => Some(SessionRow { id, last_seq, closed }),
                (Err(error), _) | (_, Err(error)) => {
                    tracing::error!(%error, session = id, "a row of the table of sessions cannot be read");
                    None
                }
            };
            Ok(rows.into_iter().filter_map(row).collect())
        }
        .boxed()
    }

    fn keep_secret(&self, kind: SecretKind, hash: String, expires: i64) -> BoxFuture<'_, Result<(), StoreError>> {
        async move {
            let mut transaction = self.readers.begin_with("BEGIN IMMEDIATE").await?;
            if kind == SecretKind::Link {
                sqlx::query("DELETE FROM secrets WHERE kind = 'link'")
                    .execute(&mut *transaction)
                    .await?;
            }
            sqlx::query("DELETE FROM secrets WHERE expires < unixepoch()")
                .execute(&mut *transaction)
                .await?;
            sqlx::query("INSERT INTO secrets (hash, kind, expires) VALUES (?, ?, ?)")
                .bind(hash)
                .bind(kind.word())
                .bind(expires)
                .execute(&mut *transaction)
                .await?;
            Ok(transaction.commit().await?)
        }
        .boxed()
    }

    fn use_link(&self, hash: String, now: i64) -> BoxFuture<'_, Result<bool, StoreError>> {
        async move {
            // Deleting is the test: of two who come at the same moment, one finds nothing to delete.
            let done = sqlx::query("DELETE FROM secrets WHERE kind = 'link' AND hash = ? AND expires > ?")
                .bind(hash)
                .bind(now)
                .execute(&self.readers)
                .await?;
            Ok(done.rows_affected() == 1)
        }
        .boxed()
    }

    fn cookie(&self, hash: String, now: i64) -> BoxFuture<'_, Result<Option<i64>, StoreError>> {
        async move {
            Ok(
                sqlx::query_scalar("SELECT expires FROM secrets WHERE kind = 'cookie' AND hash = ? AND expires > ?")
                    .bind(hash)
                    .bind(now)
                    .fetch_optional(&self.readers)
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
                .unwrap_or_else(std::sync::PoisonError::into_inner)
                .as_ref()
                .map(mpsc::Sender::is_closed);
            if writing != Some(false) {
                return Err(StoreError::Closed);
            }
            sqlx::query("SELECT 1 FROM sessions LIMIT 1")
                .execute(&self.readers)
                .await?;
            Ok(())
        }
        .boxed()
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        async move {
            // Without a sender the writer writes what waits and ends.
            drop(
                self.queue
                    .write()
                    .unwrap_or_else(std::sync::PoisonError::into_inner)
                    .take(),
            );
            if let Some(writer) = self.writer.lock().await.take()
                && let Err(error) = writer.await
            {
                tracing::error!(%error, "the database's writer did not end well");
            }
            self.readers.close().await;
        }
        .boxed()
    }
}

fn read(session: SessionId, seq: i64, text: &str) -> Result<Record, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Unreadable {
        session: session.to_string(),
        seq,
        reason: error.to_string(),
    })
}

fn uuid(text: &str) -> Result<Uuid, StoreError> {
    Uuid::parse_str(text).map_err(|error| StoreError::Failed {
        reason: format!("{text} is not an id: {error}"),
    })
}

fn place(seq: i64) -> Result<u64, StoreError> {
    u64::try_from(seq).map_err(|_| StoreError::Failed {
        reason: format!("{seq} is not a place in a session"),
    })
}

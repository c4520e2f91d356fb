//! The store in a SQLite file.

mod notifications;
mod secrets;

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use futures::FutureExt;
use futures::future::BoxFuture;
use holdpoint_domain::session::{CommandId, Record, SessionId};
use holdpoint_domain::wire::SessionBrief;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{Connection, SqlitePool};
use tempfile::TempDir;
use tokio::sync::{Mutex, Semaphore, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::fmt::Hyphenated;

use super::brief::{LISTED, ListedRow, listed};
use super::error::{is_damage, while_reading};
use super::event_rows::{
    ENDS, EVENTS, Envelope, EventRow, Linked, PAGE, PageRow, ReadEvent, read_end, read_page, rows_of,
};
use super::history::SEARCHES;
use super::reading::{self, Found};
use super::writer::{Request, Writer};
use super::{
    Append, Appended, EventJson, LIST_LIMIT, NewCookie, RecordedCommand, SecretKind, SessionRow, Store, StoreError,
    schema,
};
use crate::data::{DataFolder, DataLock};
pub use notifications::{LogEntry, LogPage, TargetRow};

/// Connections that read, and write secrets, at the same time. Events have a connection of their own.
const CONNECTIONS: u32 = 4;
/// Requests to append that may wait. More than this is not a queue any more but a jam, and is told so.
const MAX_QUEUED: usize = 4096;

/// The store in a SQLite file.
#[derive(Debug)]
pub struct SqliteStore {
    pool: SqlitePool,
    /// Turns of those who search.
    searches: Semaphore,
    /// Absent when nothing can be appended: after the closing, and beside another proxy.
    queue: RwLock<Option<mpsc::Sender<Request>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
    writer_ended: CancellationToken,
    /// Why the last append failed, if it did and nothing was written since.
    failing: Failing,
    /// Where the files are of which this is a copy's store; it goes away with the store.
    _copy: Option<TempDir>,
}

/// Why the last append failed, if it did and nothing was written since.
type Failing = Arc<std::sync::Mutex<Option<StoreError>>>;

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
        let pool = pool(schema::options(folder)).await?;
        let writer_ended = CancellationToken::new();
        let tells = writer_ended.clone().drop_guard();
        let writer = tokio::spawn(async move {
            // Told whatever the writer dies of.
            let _tells = tells;
            writer.run(requests).await;
        });
        Ok(Self {
            pool,
            searches: Semaphore::new(SEARCHES),
            queue: RwLock::new(Some(queue)),
            writer: Mutex::new(Some(writer)),
            writer_ended,
            failing: Failing::default(),
            _copy: None,
        })
    }

    /// Cancelled when nothing can be appended any more: the store was closed, or its writer panicked.
    #[must_use]
    pub fn writer_ended(&self) -> CancellationToken {
        self.writer_ended.clone()
    }

    /// Opens the database of a data folder that a proxy may hold at the same time, for what people sign in with. Nothing is
    /// brought up to date, and no events can be appended ([`StoreError::Closed`]).
    ///
    /// # Errors
    /// There is none, it cannot be opened, or a newer program wrote it.
    pub async fn open_beside(folder: &DataFolder) -> Result<Self, StoreError> {
        schema::check(folder.path()).await?;
        Ok(Self::without_writer(pool(schema::options(folder.path())).await?, None))
    }

    /// Opens the database of a data folder to read it, and changes nothing in the folder: where that is not possible, because the
    /// folder cannot be written at all or its schema is an older one, a copy is opened in its place.
    ///
    /// # Errors
    /// There is none, it cannot be read, or a newer program wrote it.
    pub async fn open_to_read(folder: &DataFolder) -> Result<Self, StoreError> {
        match reading::look(folder.path()).await? {
            Found::Readable => Ok(Self::without_writer(pool(reading::options(folder.path())).await?, None)),
            Found::ToBeCopied => {
                let copy = reading::copy(folder.path())?;
                schema::open(copy.path()).await?.close().await?;
                Ok(Self::without_writer(
                    pool(schema::options(copy.path())).await?,
                    Some(copy),
                ))
            }
        }
    }

    fn without_writer(pool: SqlitePool, copy: Option<TempDir>) -> Self {
        Self {
            pool,
            searches: Semaphore::new(SEARCHES),
            queue: RwLock::new(None),
            writer: Mutex::new(None),
            writer_ended: cancelled(),
            failing: Failing::default(),
            _copy: copy,
        }
    }

    #[cfg(test)]
    pub(super) async fn abort_writer(&self) {
        if let Some(writer) = &*self.writer.lock().await {
            writer.abort();
        }
    }

    pub(super) fn pool(&self) -> &SqlitePool {
        &self.pool
    }

    pub(super) fn searches(&self) -> &Semaphore {
        &self.searches
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

    /// A session's events after a place, each with its JSON.
    async fn page<R: Linked>(
        &self,
        session: SessionId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<ReadEvent<R>>, StoreError> {
        let Ok(after) = i64::try_from(after) else {
            return Ok(Vec::new());
        };
        let page: Option<PageRow> = sqlx::query_as(PAGE)
            .bind(session.hyphenated())
            .bind(after)
            .bind(limit)
            .fetch_optional(&self.pool)
            .await
            .map_err(|error| while_reading(session, after.saturating_add(1), error))?;
        let rows = page.and_then(|page| rows_of(after, page));
        if let Some(Ok(page)) = rows.map(|rows| read_page(session, after, limit, rows)) {
            return Ok(page);
        }
        // Row by row, so that it is known what is wrong with which.
        let rows: Vec<EventRow> = sqlx::query_as(EVENTS)
            .bind(session.hyphenated())
            .bind(after)
            .bind(limit)
            .fetch_all(&self.pool)
            .await
            .map_err(|error| while_reading(session, after.saturating_add(1), error))?;
        read_page(session, after, limit, rows)
    }

    /// Rows of the list, with these columns.
    async fn listed_rows(&self, columns: &str, before: Option<SessionId>) -> Result<Vec<ListedRow>, sqlx::Error> {
        let query = format!(
            "SELECT {columns} FROM sessions WHERE id IN ( \
             SELECT id FROM (SELECT id FROM sessions \
             WHERE ?1 IS NULL OR (started, id) < (SELECT started, id FROM sessions WHERE id = ?1) \
             ORDER BY started DESC, id DESC LIMIT ?2) \
             UNION SELECT id FROM (SELECT id FROM sessions WHERE ?1 IS NULL AND closed = 0 \
             ORDER BY started DESC, id DESC LIMIT ?2)) ORDER BY started DESC, id DESC"
        );
        sqlx::query_as(sqlx::AssertSqlSafe(query))
            .bind(before.map(SessionId::hyphenated))
            .bind(LIST_LIMIT)
            .fetch_all(&self.pool)
            .await
    }
}

/// Remembers whether events can be written. Appends that conflict, and those of a store that is closed or jammed, do not tell.
fn note_outcome(failing: &std::sync::Mutex<Option<StoreError>>, written: Result<&Vec<Appended>, &StoreError>) {
    let outcome = match written {
        Ok(answers) if answers.is_empty() || answers.contains(&Appended::Durable) => None,
        Err(error @ (StoreError::Database(_) | StoreError::Failed { .. })) => Some(error.clone()),
        Ok(_) | Err(_) => return,
    };
    *failing.lock().unwrap_or_else(PoisonError::into_inner) = outcome;
}

fn cancelled() -> CancellationToken {
    let token = CancellationToken::new();
    token.cancel();
    token
}

async fn pool(options: SqliteConnectOptions) -> Result<SqlitePool, StoreError> {
    let connections = SqlitePoolOptions::new().max_connections(CONNECTIONS).min_connections(1);
    Ok(connections.connect_with(options).await?)
}

// Each future is boxed, because the engine holds its store as `dyn Store`, and traits with `async fn` have no `dyn`.
impl Store for SqliteStore {
    fn append_all(&self, appends: Vec<Append>) -> BoxFuture<'static, Result<Vec<Appended>, StoreError>> {
        match self.enqueue(appends) {
            // A writer that went away without an answer has not said that anything is durable.
            Ok(answered) => {
                let failing = Arc::clone(&self.failing);
                async move {
                    let written = answered.await.unwrap_or(Err(StoreError::Closed));
                    note_outcome(&failing, written.as_ref());
                    written
                }
                .boxed()
            }
            Err(error) => async { Err(error) }.boxed(),
        }
    }

    fn head(&self, session: SessionId) -> BoxFuture<'_, Result<Option<u64>, StoreError>> {
        async move {
            let ends: Option<(i64, Option<i64>)> = sqlx::query_as(ENDS)
                .bind(session.hyphenated())
                .fetch_optional(&self.pool)
                .await
                .map_err(|error| while_reading(session, 1, error))?;
            ends.map(|ends| read_end(session, ends)).transpose()
        }
        .boxed()
    }

    fn events(&self, session: SessionId, after: u64, limit: u32) -> BoxFuture<'_, Result<Vec<Record>, StoreError>> {
        async move {
            let page = self.page(session, after, limit).await?;
            Ok(page.into_iter().map(|event| event.read).collect())
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
            let page = self.page::<Record>(session, after, limit).await?;
            let both = |event: ReadEvent<Record>| (event.read.seq, event.json.into());
            Ok(page.into_iter().map(both).collect())
        }
        .boxed()
    }

    fn texts(&self, session: SessionId, after: u64, limit: u32) -> BoxFuture<'_, Result<Vec<String>, StoreError>> {
        async move {
            let page = self.page::<Envelope>(session, after, limit).await?;
            Ok(page.into_iter().map(|event| event.json).collect())
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
            let query = "SELECT CAST(id AS BLOB), closed FROM sessions ORDER BY started DESC, id DESC";
            let rows: Vec<(Vec<u8>, bool)> = sqlx::query_as(query).fetch_all(&self.pool).await?;
            let row = |(id, closed): (Vec<u8>, bool)| match String::from_utf8_lossy(&id).parse() {
                Ok(id) => Some(SessionRow { id, closed }),
                Err(error) => {
                    let session = String::from_utf8_lossy(&id);
                    tracing::error!(%session, ?error, "a row of the table of sessions has no id that can be read");
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

    fn briefs(&self, before: Option<SessionId>) -> BoxFuture<'_, Result<Vec<SessionBrief>, StoreError>> {
        async move {
            let [checked, unchecked] = LISTED;
            let rows = match self.listed_rows(checked, before).await {
                Err(error) if is_damage(&error) => {
                    tracing::error!(%error, "which events are there cannot be seen");
                    self.listed_rows(unchecked, before).await?
                }
                rows => rows?,
            };
            Ok(rows.into_iter().filter_map(listed).collect())
        }
        .boxed()
    }

    fn number_of_day(&self, session: SessionId) -> BoxFuture<'_, Result<u32, StoreError>> {
        async move {
            // `started` begins with the day.
            let query = "SELECT max(1, count(*)) FROM sessions AS other, sessions AS this WHERE this.id = ? \
                         AND other.started >= substr(this.started, 1, 10) \
                         AND (other.started, other.id) <= (this.started, this.id)";
            Ok(sqlx::query_scalar(query)
                .bind(session.hyphenated())
                .fetch_one(&self.pool)
                .await?)
        }
        .boxed()
    }

    fn annotated(&self) -> BoxFuture<'_, Result<Vec<SessionId>, StoreError>> {
        async move {
            // The condition is the index's own, word for word.
            let query =
                "SELECT DISTINCT CAST(session AS BLOB) FROM events WHERE instr(record, '\"type\":\"annotated\"') > 0";
            let rows: Vec<Vec<u8>> = sqlx::query_scalar(query).fetch_all(&self.pool).await?;
            let ids = rows.iter().filter_map(|id| String::from_utf8_lossy(id).parse().ok());
            Ok(ids.collect())
        }
        .boxed()
    }

    fn session_of_day(&self, day: String, number: u32) -> BoxFuture<'_, Result<Option<SessionId>, StoreError>> {
        async move {
            let Some(before) = number.checked_sub(1) else {
                return Ok(None);
            };
            let query =
                "SELECT id FROM sessions WHERE substr(started, 1, 10) = ? ORDER BY started, id LIMIT 1 OFFSET ?";
            let found: Option<Hyphenated> = sqlx::query_scalar(query)
                .bind(day)
                .bind(before)
                .fetch_optional(&self.pool)
                .await?;
            Ok(found.map(Hyphenated::into_uuid))
        }
        .boxed()
    }

    fn keep_secret(&self, kind: SecretKind, hash: String, expires: i64) -> BoxFuture<'_, Result<(), StoreError>> {
        secrets::keep(&self.pool, kind, hash, expires).boxed()
    }

    fn exchange_link(&self, link: String, now: i64, cookie: NewCookie) -> BoxFuture<'_, Result<bool, StoreError>> {
        secrets::exchange_link(&self.pool, link, now, cookie).boxed()
    }

    fn cookie(&self, hash: String, now: i64) -> BoxFuture<'_, Result<Option<i64>, StoreError>> {
        secrets::cookie(&self.pool, hash, now).boxed()
    }

    fn end_cookie(&self, hash: String) -> BoxFuture<'_, Result<(), StoreError>> {
        secrets::end_cookie(&self.pool, hash).boxed()
    }

    fn end_secrets(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        secrets::end_all(&self.pool).boxed()
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
            let failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner).is_some();
            if failing {
                // Nothing is appended, so that the writer only tries whether it could.
                self.append_all(Vec::new()).await?;
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

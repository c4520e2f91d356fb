//! The database file: how it is opened, and that it is one that this program understands.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::{Migrate, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use super::{StoreError, brief, history};
use crate::data::DATABASE_FILE;

/// The oldest SQLite that is right: older ones can corrupt a WAL database when two connections write and checkpoint at the
/// same moment.
const OLDEST_SQLITE: (&str, [u32; 3]) = ("3.51.3", [3, 51, 3]);
/// Pages (of 4 KiB) in the write-ahead log before they are copied into the database. Four times SQLite's own: each copying
/// costs two waits for the disk, and a page that was written often is copied once.
const CHECKPOINT_PAGES: &str = "4000";

/// KiB of pages that the writing connection keeps in memory, negative for SQLite to take it as KiB. SQLite's own 2 MiB are less
/// than a transaction of 64 sessions and the index over their commands touch, so that pages were read again and again.
const WRITER_CACHE: &str = "-16384";
/// How long a connection waits for another that writes.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Rows that the connection's thread reads while nobody takes one: with few of them, two threads wake each other all the time.
pub(super) const ROWS_AHEAD: usize = 256;

static MIGRATIONS: Migrator = sqlx::migrate!();

/// How every connection is made.
pub(super) fn options(folder: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(folder.join(DATABASE_FILE))
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .row_buffer_size(ROWS_AHEAD)
        .busy_timeout(BUSY_TIMEOUT)
        .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
}

/// Opens the database, makes it where there is none, and brings it to this program's schema. Only the one who holds the data
/// folder's lock may do so.
pub(super) async fn open(folder: &Path) -> Result<SqliteConnection, StoreError> {
    let path = folder.join(DATABASE_FILE);
    let options = options(folder)
        .create_if_missing(true)
        .pragma("cache_size", WRITER_CACHE);
    let mut connection = connect(options, &path).await?;
    let found = version(&mut connection, &path).await?;
    if found > newest() {
        return Err(newer(&path, found));
    }
    let migrated = MIGRATIONS.run_direct(None, &mut connection, false).await;
    migrated.map_err(|error| cannot_open(&path, error.into()))?;
    brief::complete(&mut connection).await?;
    history::complete(&mut connection).await?;
    Ok(connection)
}

/// Checks that there is a database of this program or of one before it, and changes nothing.
pub(super) async fn check(folder: &Path) -> Result<(), StoreError> {
    check_of(options(folder), folder).await.map(drop)
}

/// The same, and gives the schema that it has.
pub(super) async fn check_of(options: SqliteConnectOptions, folder: &Path) -> Result<i64, StoreError> {
    let path = folder.join(DATABASE_FILE);
    let mut connection = connect(options, &path).await?;
    let found = version(&mut connection, &path).await?;
    connection.close().await?;
    if found == 0 {
        return Err(StoreError::Foreign { path: shown(&path) });
    }
    if found > newest() {
        return Err(newer(&path, found));
    }
    Ok(found)
}

async fn connect(options: SqliteConnectOptions, path: &Path) -> Result<SqliteConnection, StoreError> {
    let opened = options.connect().await;
    let mut connection = opened.map_err(|error| cannot_open(path, error))?;
    let version: String = sqlx::query_scalar("SELECT sqlite_version()")
        .fetch_one(&mut connection)
        .await?;
    if is_new_enough(&version) {
        return Ok(connection);
    }
    Err(StoreError::OldSqlite {
        found: version,
        wanted: OLDEST_SQLITE.0,
    })
}

/// The schema that the database has; 0 when it has none. A newer program may have written what this one would misread, so
/// that nothing else is read before this is known.
async fn version(connection: &mut SqliteConnection, path: &Path) -> Result<i64, StoreError> {
    let cannot = |error: sqlx::Error| cannot_open(path, error);
    let tables: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_schema WHERE name = ?")
        .bind(&*MIGRATIONS.table_name)
        .fetch_one(&mut *connection)
        .await
        .map_err(cannot)?;
    if tables == 0 {
        return Ok(0);
    }
    let applied = connection.list_applied_migrations(&MIGRATIONS.table_name).await;
    let applied = applied.map_err(|error| cannot(error.into()))?;
    Ok(applied.iter().map(|one| one.version).max().unwrap_or(0))
}

/// The newest schema that this program knows.
pub(super) fn newest() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0)
}

fn newer(path: &Path, found: i64) -> StoreError {
    StoreError::Newer {
        path: shown(path),
        found,
        known: newest(),
    }
}

fn cannot_open(path: &Path, error: sqlx::Error) -> StoreError {
    StoreError::Open {
        path: shown(path),
        source: Arc::new(error),
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn is_new_enough(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    let version = [(); 3].map(|()| parts.next().unwrap_or(0));
    version >= OLDEST_SQLITE.1
}

#[cfg(test)]
mod tests {
    use super::is_new_enough;

    #[test]
    fn versions_are_compared_as_numbers() {
        for (version, enough) in [
            ("3.51.3", true),
            ("3.51.2", false),
            ("3.52.0", true),
            ("3.9.9", false),
            ("4.0", true),
            ("", false),
        ] {
            assert_eq!(is_new_enough(version), enough, "{version}");
        }
    }
}

//! The database file: how it is opened, and that it is one that this program understands.

use std::path::Path;
use std::time::Duration;

use sqlx::migrate::{Migrate, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, SqliteConnection};

use super::StoreError;

/// The database's file in the data folder.
pub(crate) const DATABASE_FILE: &str = "holdpoint.db";
/// The oldest SQLite that is right: older ones can corrupt a WAL database when two connections write and checkpoint at the
/// same moment.
const OLDEST_SQLITE: (&str, [u32; 3]) = ("3.51.3", [3, 51, 3]);

static MIGRATIONS: Migrator = sqlx::migrate!();

/// How every connection is made.
pub(super) fn options(folder: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(folder.join(DATABASE_FILE))
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
}

/// Opens the database, makes it where there is none, and brings it to this program's schema. The caller holds the folder's
/// lock: no other program may have the database open while its schema changes.
pub(super) async fn open_and_migrate(folder: &Path) -> Result<SqliteConnection, StoreError> {
    let path = folder.join(DATABASE_FILE);
    let mut connection = connect(folder, true).await?;
    connection
        .ensure_migrations_table(&MIGRATIONS.table_name)
        .await
        .map_err(|error| cannot_open(&path, &error))?;
    refuse_newer(&path, applied(&mut connection, &path).await?)?;
    let migrated = MIGRATIONS.run_direct(None, &mut connection, false).await;
    migrated.map_err(|error| cannot_open(&path, &error))?;
    Ok(connection)
}

/// Opens a database that is there, and leaves its schema as it is, because a proxy may be using it.
pub(super) async fn open_existing(folder: &Path) -> Result<SqliteConnection, StoreError> {
    let path = folder.join(DATABASE_FILE);
    if !path.is_file() {
        return Err(StoreError::NoDatabase { folder: shown(folder) });
    }
    let mut connection = connect(folder, false).await?;
    let (found, known) = (applied(&mut connection, &path).await?, known());
    refuse_newer(&path, found)?;
    if found < known {
        let path = shown(&path);
        return Err(StoreError::Older { path, found, known });
    }
    Ok(connection)
}

async fn connect(folder: &Path, create: bool) -> Result<SqliteConnection, StoreError> {
    let path = folder.join(DATABASE_FILE);
    let mut connection = options(folder)
        .create_if_missing(create)
        .connect()
        .await
        .map_err(|error| cannot_open(&path, &error))?;
    let version: String = sqlx::query_scalar("SELECT sqlite_version()")
        .fetch_one(&mut connection)
        .await?;
    if !is_new_enough(&version) {
        return Err(StoreError::OldSqlite {
            found: version,
            wanted: OLDEST_SQLITE.0,
        });
    }
    Ok(connection)
}

/// The newest migration that this program has.
fn known() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// The newest migration that the database has.
async fn applied(connection: &mut SqliteConnection, path: &Path) -> Result<i64, StoreError> {
    let applied = connection
        .list_applied_migrations(&MIGRATIONS.table_name)
        .await
        .map_err(|error| cannot_open(path, &error))?;
    Ok(applied.iter().map(|one| one.version).max().unwrap_or(0))
}

/// A newer program may have written what this one would misread, so it is not even tried.
fn refuse_newer(path: &Path, found: i64) -> Result<(), StoreError> {
    let known = known();
    if found > known {
        let path = shown(path);
        return Err(StoreError::Newer { path, found, known });
    }
    Ok(())
}

fn cannot_open(path: &Path, error: &dyn std::error::Error) -> StoreError {
    StoreError::Open {
        path: shown(path),
        reason: error.to_string(),
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

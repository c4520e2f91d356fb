//! The database file: how it is opened, and that it is one that this program understands.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::migrate::{Migrate, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, SqliteConnection};

use super::StoreError;

/// The database's file in the data folder.
pub const DATABASE_FILE: &str = "holdpoint.db";
/// The oldest SQLite that is right: older ones can corrupt a WAL database when two connections write and checkpoint at the
/// same moment.
const OLDEST_SQLITE: (&str, [u32; 3]) = ("3.51.3", [3, 51, 3]);

static MIGRATIONS: Migrator = sqlx::migrate!();

/// How every connection is made.
pub(super) fn options(folder: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(folder.join(DATABASE_FILE))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
}

/// Opens the database and brings it to this program's schema.
pub(super) async fn open(folder: &Path) -> Result<SqliteConnection, StoreError> {
    let path = folder.join(DATABASE_FILE);
    let cannot = |error: sqlx::Error| StoreError::Open {
        path: shown(&path),
        reason: error.to_string(),
    };
    let mut connection = options(folder).connect().await.map_err(cannot)?;
    let version: String = sqlx::query_scalar("SELECT sqlite_version()")
        .fetch_one(&mut connection)
        .await?;
    if !is_new_enough(&version) {
        return Err(StoreError::OldSqlite {
            found: version,
            wanted: OLDEST_SQLITE.0,
        });
    }
    refuse_newer(&mut connection, &path).await?;
    let migrated = MIGRATIONS.run_direct(None, &mut connection, false).await;
    migrated.map_err(|error| StoreError::Open {
        path: shown(&path),
        reason: error.to_string(),
    })?;
    Ok(connection)
}

/// A newer program may have written what this one would misread, so it is not even tried.
async fn refuse_newer(connection: &mut SqliteConnection, path: &Path) -> Result<(), StoreError> {
    let known = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0);
    let cannot = |error: sqlx::migrate::MigrateError| StoreError::Open {
        path: shown(path),
        reason: error.to_string(),
    };
    connection
        .ensure_migrations_table(&MIGRATIONS.table_name)
        .await
        .map_err(cannot)?;
    let applied = connection
        .list_applied_migrations(&MIGRATIONS.table_name)
        .await
        .map_err(cannot)?;
    match applied.iter().map(|one| one.version).max() {
        Some(found) if found > known => Err(StoreError::Newer {
            path: shown(path),
            found,
            known,
        }),
        _ => Ok(()),
    }
}

fn shown(path: &Path) -> String {
    PathBuf::from(path).display().to_string()
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

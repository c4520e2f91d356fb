//! Reading a database without changing anything in its folder.

use std::path::Path;
use std::time::{Duration, SystemTime};
use std::{fs, io, thread};

use sqlx::sqlite::SqliteConnectOptions;
use tempfile::TempDir;

use super::{StoreError, schema};
use crate::data::DATABASE_FILE;

/// How often files are copied that change in the meantime.
const ATTEMPTS: u32 = 5;
/// Between two of them.
const PAUSE: Duration = Duration::from_millis(100);

/// How a database can be read.
pub(super) enum Found {
    /// Where it is.
    Readable,
    /// From a copy: SQLite needs a file beside one that is in use (`-shm`), and can make none; or its schema is an older one,
    /// which is brought up to date in the copy.
    ToBeCopied,
}

/// Connections that only read.
pub(super) fn options(folder: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(folder.join(DATABASE_FILE))
        .read_only(true)
        .row_buffer_size(schema::ROWS_AHEAD)
        .busy_timeout(schema::BUSY_TIMEOUT)
}

/// Looks how the database can be read.
pub(super) async fn look(folder: &Path) -> Result<Found, StoreError> {
    match schema::check_of(options(folder), folder).await {
        Ok(found) if found == schema::newest() => Ok(Found::Readable),
        Ok(_) => Ok(Found::ToBeCopied),
        // The file is there, and can be read, but not so.
        Err(StoreError::Open { .. } | StoreError::Database(_))
            if fs::File::open(folder.join(DATABASE_FILE)).is_ok() =>
        {
            Ok(Found::ToBeCopied)
        }
        Err(error) => Err(error),
    }
}

/// Copies the database and its write-ahead log into a folder that only this user can look into.
pub(super) fn copy(folder: &Path) -> Result<TempDir, StoreError> {
    let failed = |source: io::Error| StoreError::Copy {
        path: folder.join(DATABASE_FILE).display().to_string(),
        source: source.into(),
    };
    for _ in 0..ATTEMPTS {
        let copy = tempfile::Builder::new()
            .prefix("holdpoint-")
            .tempdir()
            .map_err(failed)?;
        let before = versions(folder).map_err(failed)?;
        for (name, _) in &before {
            let written = copy.path().join(name);
            fs::copy(folder.join(name), &written).map_err(failed)?;
            // The mode was copied, too, and may be one that forbids to write.
            fs::set_permissions(&written, writable()).map_err(failed)?;
        }
        if versions(folder).map_err(failed)? == before {
            return Ok(copy);
        }
        thread::sleep(PAUSE);
    }
    Err(failed(io::Error::other("it changes all the time")))
}

fn writable() -> fs::Permissions {
    use std::os::unix::fs::PermissionsExt;
    fs::Permissions::from_mode(0o600)
}

/// A file's name, and what differs when it was changed.
type FileVersion = (String, (u64, Option<SystemTime>));

fn versions(folder: &Path) -> io::Result<Vec<FileVersion>> {
    let mut versions = Vec::new();
    for name in [DATABASE_FILE.to_owned(), format!("{DATABASE_FILE}-wal")] {
        match fs::metadata(folder.join(&name)) {
            Ok(metadata) => versions.push((name, (metadata.len(), metadata.modified().ok()))),
            // There is no log where the last one who used the database closed it.
            Err(error) if error.kind() == io::ErrorKind::NotFound && !versions.is_empty() => {}
            Err(error) => return Err(error),
        }
    }
    Ok(versions)
}

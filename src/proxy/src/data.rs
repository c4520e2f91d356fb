//! The data folder: where it is, and that only one proxy writes to it.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use etcetera::{BaseStrategy, HomeDirError};

/// The database's file in the data folder.
pub const DATABASE_FILE: &str = "holdpoint.db";
/// Locked by the folder's proxy as long as it runs.
const LOCK_FILE: &str = "lock";
/// Holds the address of the folder's proxy, for the sign-in links that other processes print.
const ADDRESS_FILE: &str = "address";
/// The rights of everybody but the owner.
const OTHERS: u32 = 0o077;
const DEFAULT_ADDRESS: &str = "http://127.0.0.1:7373";

/// Why a data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    #[error("there is no place for the data, because {source}; name a folder with --data-dir")]
    NoDefault { source: HomeDirError },
    #[error("the data folder {} cannot be written: {source}; name another one with --data-dir", path.display())]
    Unwritable { path: PathBuf, source: io::Error },
    #[error(
        "other users can look into the data folder {}, which holds sessions and sign-ins; take their rights away (chmod 700), or \
         name another folder with --data-dir, such as {} in it, which is then made for you alone",
        path.display(), path.join("holdpoint").display()
    )]
    Open { path: PathBuf },
    #[error("the data folder {} holds no database; name the one that the proxy uses with --data-dir", path.display())]
    NoDatabase { path: PathBuf },
    #[error("the data folder {} is in use by another proxy; stop it, or name another folder with --data-dir", path.display())]
    Locked { path: PathBuf },
}

/// A folder that may not exist yet.
#[derive(Clone, Debug)]
pub struct DataFolder {
    path: PathBuf,
}

/// Holds a data folder for one process. The operating system releases it when the process ends, however it ends.
#[derive(Debug)]
pub struct DataLock {
    path: PathBuf,
    _file: File,
}

impl DataLock {
    /// The folder that is held.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl DataFolder {
    /// The folder that was named, or `holdpoint` in the user's data folder (XDG on Unix).
    ///
    /// # Errors
    /// None was named, and the user has no home folder.
    pub fn find(named: Option<PathBuf>) -> Result<Self, DataError> {
        if let Some(path) = named {
            return Ok(Self { path });
        }
        let base = etcetera::choose_base_strategy().map_err(|source| DataError::NoDefault { source })?;
        Ok(Self {
            path: base.data_dir().join("holdpoint"),
        })
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes the folder where it is missing, and holds it.
    ///
    /// # Errors
    /// It cannot be written, or another proxy holds it.
    pub fn lock(&self) -> Result<DataLock, DataError> {
        let cannot = |source| DataError::Unwritable {
            path: self.path.clone(),
            source,
        };
        self.make().map_err(cannot)?;
        self.close_to_others().map_err(cannot)?;
        if self.is_open_to_others().map_err(cannot)? {
            return Err(DataError::Open {
                path: self.path.clone(),
            });
        }
        let file = File::create(self.path.join(LOCK_FILE)).map_err(cannot)?;
        match file.try_lock() {
            Ok(()) => Ok(DataLock {
                path: self.path.clone(),
                _file: file,
            }),
            Err(TryLockError::WouldBlock) => Err(DataError::Locked {
                path: self.path.clone(),
            }),
            Err(TryLockError::Error(source)) => Err(cannot(source)),
        }
    }

    /// Checks that there is a database to look into.
    ///
    /// # Errors
    /// There is none.
    pub fn must_exist(&self) -> Result<(), DataError> {
        if self.path.join(DATABASE_FILE).is_file() {
            Ok(())
        } else {
            Err(DataError::NoDatabase {
                path: self.path.clone(),
            })
        }
    }

    /// Notes the address under which people reach the folder's proxy.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn note_address(&self, url: &str) -> Result<(), DataError> {
        fs::write(self.path.join(ADDRESS_FILE), url).map_err(|source| DataError::Unwritable {
            path: self.path.clone(),
            source,
        })
    }

    /// The address that was noted last, or the usual one.
    #[must_use]
    pub fn address(&self) -> String {
        let noted = fs::read_to_string(self.path.join(ADDRESS_FILE)).ok();
        let noted = noted.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        noted.unwrap_or_else(|| DEFAULT_ADDRESS.to_owned())
    }

    fn is_open_to_others(&self) -> io::Result<bool> {
        use std::os::unix::fs::PermissionsExt;
        Ok(fs::metadata(&self.path)?.permissions().mode() & OTHERS != 0)
    }

    /// Takes others' rights away, if the folder is for nothing else: it is empty, or has been a data folder before.
    fn close_to_others(&self) -> io::Result<()> {
        use std::os::unix::fs::PermissionsExt;
        if !self.is_open_to_others()? {
            return Ok(());
        }
        let has_been = [LOCK_FILE, DATABASE_FILE]
            .iter()
            .any(|file| self.path.join(file).exists());
        let is_ours = has_been || fs::read_dir(&self.path)?.next().is_none();
        let closed = is_ours && fs::set_permissions(&self.path, fs::Permissions::from_mode(0o700)).is_ok();
        // An empty one had nothing in it to be seen.
        if closed && has_been {
            tracing::warn!(folder = %self.path.display(), "other users could look into the data folder; now they cannot");
        }
        Ok(())
    }

    /// Only its owner may look into it: the log may hold what is nobody else's business.
    fn make(&self) -> io::Result<()> {
        use std::os::unix::fs::DirBuilderExt;
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_proxy() {
        let dir = tempfile::tempdir().unwrap();
        let folder = DataFolder::find(Some(dir.path().join("deep/data"))).unwrap();
        let held = folder.lock().unwrap();
        assert!(matches!(folder.lock(), Err(DataError::Locked { .. })));
        drop(held);
        folder.lock().unwrap();
        assert!(matches!(folder.must_exist(), Err(DataError::NoDatabase { .. })));
    }

    #[test]
    fn a_folder_that_others_can_read_is_closed_or_refused() {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let open = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().to_owned();
        let folder = DataFolder::find(Some(path.clone())).unwrap();
        // It is empty, so it is for nothing else.
        open(&path, 0o755);
        drop(folder.lock().unwrap());
        assert_eq!(mode(&path), 0o700);
        // It was a data folder before.
        open(&path, 0o750);
        drop(folder.lock().unwrap());
        assert_eq!(mode(&path), 0o700);

        let shared = tempfile::tempdir().unwrap();
        fs::write(shared.path().join("report.txt"), "of somebody else's").unwrap();
        open(shared.path(), 0o777);
        let error = DataFolder::find(Some(shared.path().to_owned()))
            .unwrap()
            .lock()
            .unwrap_err();
        assert!(matches!(error, DataError::Open { .. }), "{error}");
        assert_eq!(mode(shared.path()), 0o777, "it is not ours to change");
        drop(
            DataFolder::find(Some(shared.path().join("holdpoint")))
                .unwrap()
                .lock()
                .unwrap(),
        );
        assert_eq!(mode(&shared.path().join("holdpoint")), 0o700);
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("file"), "").unwrap();
        let folder = DataFolder::find(Some(dir.path().join("file/data"))).unwrap();
        let error = folder.lock().unwrap_err();
        assert!(error.to_string().contains("file/data cannot be written"), "{error}");
    }

    #[test]
    fn the_address_is_the_one_noted_last() {
        let dir = tempfile::tempdir().unwrap();
        let folder = DataFolder::find(Some(dir.path().to_owned())).unwrap();
        assert_eq!(folder.address(), DEFAULT_ADDRESS);
        folder.note_address("http://127.0.0.1:9").unwrap();
        assert_eq!(folder.address(), "http://127.0.0.1:9");
    }
}

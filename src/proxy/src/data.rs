//! The data folder: where it is, and that only one proxy writes to it.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// The database's file in the data folder.
pub const DATABASE_FILE: &str = "holdpoint.db";
/// The file that the proxy of the folder keeps locked.
const LOCK_FILE: &str = "lock";
/// The file with the address of the folder's proxy, for sign-in links.
const ADDRESS_FILE: &str = "address";
/// Where the proxy listens unless it is told otherwise.
const USUAL_ADDRESS: &str = "http://127.0.0.1:7373";

/// Why a data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// Nothing says where it is.
    #[error("neither XDG_DATA_HOME nor HOME is set, so there is no place for the data; name a folder with --data-dir")]
    Nowhere,
    /// It cannot be written.
    #[error("the data folder {} cannot be written: {source}; name another one with --data-dir", path.display())]
    Unwritable {
        /// The data folder.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// There is no database in it.
    #[error("the data folder {} holds no database; name the one that the proxy uses with --data-dir", path.display())]
    NoDatabase {
        /// The data folder.
        path: PathBuf,
    },
    /// Another proxy uses it.
    #[error("the data folder {} is in use by another proxy; stop it, or name another folder with --data-dir", path.display())]
    Locked {
        /// The data folder.
        path: PathBuf,
    },
}

/// A data folder.
#[derive(Clone, Debug)]
pub struct DataFolder {
    path: PathBuf,
}

/// Holds a data folder for one proxy, until it is dropped or the process ends, however it ends.
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
    /// The folder that was named, or the usual one.
    ///
    /// # Errors
    /// None was named, and the environment does not say where the usual one is.
    pub fn find(named: Option<PathBuf>) -> Result<Self, DataError> {
        if let Some(path) = named {
            return Ok(Self { path });
        }
        let set = |name| {
            std::env::var_os(name)
                .map(PathBuf::from)
                .filter(|path| path.is_absolute())
        };
        let base = set("XDG_DATA_HOME").or_else(|| set("HOME").map(|home| home.join(".local/share")));
        Ok(Self {
            path: base.ok_or(DataError::Nowhere)?.join("holdpoint"),
        })
    }

    /// Where it is.
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
        noted.unwrap_or_else(|| USUAL_ADDRESS.to_owned())
    }

    /// Only its owner may look into it: the log may hold what is nobody else's business.
    #[cfg(unix)]
    fn make(&self) -> io::Result<()> {
        use std::os::unix::fs::DirBuilderExt;
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.path)
    }

    #[cfg(not(unix))]
    fn make(&self) -> io::Result<()> {
        fs::create_dir_all(&self.path)
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
        assert_eq!(folder.address(), USUAL_ADDRESS);
        folder.note_address("http://127.0.0.1:9").unwrap();
        assert_eq!(folder.address(), "http://127.0.0.1:9");
    }
}

//! What is switched on, and what is deployed; the former is kept in a file.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// The name of the file in the rehearsal's folder.
const FILE: &str = "faults.json";

/// How the stand-in platform stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PlatformState {
    /// The ids of the faults that are switched on.
    pub(crate) on: BTreeSet<String>,
    /// The commit of the session that started last.
    pub(crate) git_sha: String,
    /// Its version.
    pub(crate) version: String,
}

#[derive(Default, Serialize, Deserialize)]
struct Kept {
    on: BTreeSet<String>,
}

/// The file that keeps the faults over a restart.
#[derive(Clone, Debug)]
pub(crate) struct StateFile {
    folder: PathBuf,
}

impl StateFile {
    pub(crate) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    /// The faults that were on; none when there is no file. One that cannot be read is as good as none, and is told.
    pub(crate) fn read(&self) -> BTreeSet<String> {
        let path = self.folder.join(FILE);
        let read = match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(io::Error::from),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Kept::default()),
            Err(error) => Err(error),
        };
        let kept = read.unwrap_or_else(|error| {
            tracing::warn!(%error, path = %path.display(), "the faults of the last rehearsal cannot be read, so none is on");
            Kept::default()
        });
        kept.on
    }

    /// Writes the file, so that a reader sees either the old one or the new one.
    pub(crate) fn write(&self, on: &BTreeSet<String>) -> io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        file.write_all(&serde_json::to_vec_pretty(&Kept { on: on.clone() })?)?;
        file.as_file().sync_all()?;
        file.persist(self.folder.join(FILE)).map_err(|error| error.error)?;
        Ok(())
    }
}

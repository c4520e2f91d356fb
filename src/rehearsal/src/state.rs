//! The file that keeps what is switched on over a restart.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::RehearsalError;
use crate::file::{MOST_BYTES, read_bounded};

/// The name of the file in the rehearsal's folder.
const FILE: &str = "faults.json";

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

    /// The faults that were on; none when there is no file.
    ///
    /// # Errors
    /// The file cannot be read. Whoever rehearses would believe that faults are on that are not.
    pub(crate) fn read(&self) -> Result<BTreeSet<String>, RehearsalError> {
        let path = self.folder.join(FILE);
        let read = match read_bounded(&path, MOST_BYTES) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(io::Error::from),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Kept::default()),
            Err(error) => Err(error),
        };
        match read {
            Ok(kept) => Ok(kept.on),
            Err(source) => Err(RehearsalError::Faults { path, source }),
        }
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

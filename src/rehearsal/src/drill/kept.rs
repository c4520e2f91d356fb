//! The plans of drills that run, kept over a restart: a file each, for the proxy's own user alone.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use holdpoint_domain::session::{SealedDrill, SessionId};

use super::error::DrillError;
use crate::file::read_bounded;

/// The folder inside the rehearsal's.
const FOLDER: &str = "drills";
/// Bytes that a plan may have.
const MOST_BYTES: u64 = 1024 * 1024;

/// The folder with the plans.
#[derive(Clone, Debug)]
pub(crate) struct KeptDrills {
    folder: PathBuf,
}

impl KeptDrills {
    pub(crate) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.join(FOLDER),
        }
    }

    fn path(&self, session: SessionId) -> PathBuf {
        self.folder.join(format!("{}.json", session.hyphenated()))
    }

    /// Writes a session's plan down. False if there is one already, which stays.
    pub(crate) fn write(&self, session: SessionId, drill: &SealedDrill) -> Result<bool, DrillError> {
        let write = || -> io::Result<bool> {
            std::fs::create_dir_all(&self.folder)?;
            let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
            file.write_all(&serde_json::to_vec_pretty(drill)?)?;
            file.as_file().sync_all()?;
            match file.persist_noclobber(self.path(session)) {
                Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => return Ok(false),
                written => written.map_err(|error| error.error)?,
            };
            // The name is durable before the session says that there is a plan.
            std::fs::File::open(&self.folder)?.sync_all()?;
            Ok(true)
        };
        write().map_err(|source| DrillError::Kept { session, source })
    }

    /// A session's plan; none where there is no file, or what is in it is no plan: neither becomes one by being read again.
    pub(crate) fn read(&self, session: SessionId) -> Result<Option<SealedDrill>, DrillError> {
        let read = match read_bounded(&self.path(session), MOST_BYTES) {
            Ok(bytes) => {
                let plan = serde_json::from_slice(&bytes);
                Ok(plan
                    .inspect_err(|error| tracing::error!(%error, %session, "the plan of the drill is damaged"))
                    .ok())
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        };
        read.map_err(|source| DrillError::Kept { session, source })
    }

    /// Removes a plan that the session's log has, or that no session has.
    pub(crate) fn remove(&self, session: SessionId) -> io::Result<()> {
        match std::fs::remove_file(self.path(session)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

//! A disk that loses what was not synced, is full, or fails, and a clock that is wrong: a small library between the proxy and the
//! system, which is compiled here (`shim.c` says what it does). SIGKILL alone does not show whether anything was synced, because
//! the system keeps what a killed program wrote.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::{DriverError, Options, Result};

const SOURCE: &str = include_str!("shim.c");
/// Bytes of a note before those that were there: the file's size, the place, and how many follow.
const HEAD: usize = 24;

/// What stands between a proxy and its disk.
pub struct Disk {
    dir: TempDir,
}

impl Disk {
    /// Compiles it, with the C compiler that SQLite is compiled with (`cc`, or `CC`).
    ///
    /// # Errors
    /// There is no C compiler.
    pub fn new() -> Result<Self> {
        let dir = tempfile::Builder::new().prefix("holdpoint-disk-").tempdir();
        let disk = Self {
            dir: dir.map_err(DriverError::io("making a folder"))?,
        };
        let source = disk.dir.path().join("shim.c");
        crate::system::write(&source, SOURCE.as_bytes())?;
        let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
        let mut command = Command::new(compiler);
        command
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .arg(disk.library())
            .arg(source)
            .arg("-ldl");
        let done = command
            .output()
            .map_err(DriverError::io("compiling the disk's library"))?;
        if done.status.success() {
            return Ok(disk);
        }
        Err(DriverError::Program {
            what: "Compiling the disk's library".into(),
            output: String::from_utf8_lossy(&done.stderr).into_owned(),
        })
    }

    fn library(&self) -> PathBuf {
        self.dir.path().join("shim.so")
    }

    /// A proxy on this disk. The variables begin with `LD_`, because the proxy keeps those when it takes secrets out of its
    /// environment.
    #[must_use]
    pub fn under(&self, options: Options) -> Options {
        options
            .environment("LD_PRELOAD", self.library().display().to_string())
            .environment("LD_SHIM_FULL", self.flag("full").display().to_string())
            .environment("LD_SHIM_BROKEN", self.flag("broken").display().to_string())
            .environment("LD_SHIM_CLOCK", self.flag("clock").display().to_string())
    }

    /// A proxy on a disk that says that it has synced, and has not.
    #[must_use]
    pub fn unsynced(&self, options: Options) -> Options {
        self.under(options).environment("LD_SHIM_UNSYNCED", "1")
    }

    /// From now on no file of the database grows, or it does again.
    ///
    /// # Errors
    /// The system does not let us.
    pub fn fill(&self, full: bool) -> Result<()> {
        self.set("full", full)
    }

    /// From now on what is written arrives, and syncing it fails, or it does no more.
    ///
    /// # Errors
    /// The system does not let us.
    pub fn break_syncing(&self, broken: bool) -> Result<()> {
        self.set("broken", broken)
    }

    /// From now on the clock is wrong by so many seconds, or right with 0.
    ///
    /// # Errors
    /// The system does not let us.
    pub fn set_clock(&self, seconds: i64) -> Result<()> {
        let path = self.flag("clock");
        let written = path.with_extension("new");
        crate::system::write(&written, seconds.to_string().as_bytes())?;
        fs::rename(written, path).map_err(DriverError::io("setting the clock"))
    }

    fn flag(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn set(&self, name: &str, on: bool) -> Result<()> {
        let done = match on {
            true => File::create(self.flag(name)).map(drop),
            false => fs::remove_file(self.flag(name)),
        };
        done.map_err(DriverError::io("changing the disk"))
    }

    /// Takes everything back that was not synced, as a power cut does. The proxy must have been killed. Gives how many writes
    /// were lost.
    ///
    /// # Errors
    /// The files cannot be changed.
    pub fn cut_power(&self, data: &Path) -> Result<usize> {
        let cut = || {
            let mut lost = 0;
            for name in ["holdpoint.db", "holdpoint.db-wal"] {
                lost += take_back(&data.join(name))?;
            }
            // It was memory that the processes shared.
            remove(&data.join("holdpoint.db-shm"))?;
            Ok(lost)
        };
        cut().map_err(DriverError::io("taking back what was not synced"))
    }
}

fn take_back(path: &Path) -> io::Result<usize> {
    let undo = path.with_extension(match path.extension().and_then(|extension| extension.to_str()) {
        Some("db-wal") => "db-wal.undo",
        _ => "db.undo",
    });
    let notes = match fs::read(&undo) {
        Ok(notes) => notes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    };
    let mut read = Vec::new();
    let mut rest = notes.as_slice();
    // A note that is not whole was not followed by its write.
    while let Some((head, after)) = rest.split_at_checked(HEAD) {
        let number = |at: usize| u64::from_ne_bytes(std::array::from_fn(|byte| head[8 * at + byte]));
        let Some((bytes, next)) = after.split_at_checked(usize::try_from(number(2)).unwrap_or(usize::MAX)) else {
            break;
        };
        read.push((number(0), number(1), bytes));
        rest = next;
    }
    let file = OpenOptions::new().write(true).open(path)?;
    for (size, place, bytes) in read.iter().rev() {
        file.write_all_at(bytes, *place)?;
        file.set_len(*size)?;
    }
    remove(&undo)?;
    Ok(read.len())
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

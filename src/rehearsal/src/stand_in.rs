//! `holdpoint stand-in FILE`: the program that a command gate runs in a rehearsal. The file says what it prints and how it ends.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread::sleep;

use nix::sys::signal::{Signal, raise};
use serde_json::{from_slice, to_vec};

use crate::answer::{CommandAnswer, CommandEnd, LONGEST_SILENCE, Stream};

/// A command line or a file that is not understood.
const MISUSED: i32 = 64;
/// Bytes that are printed at once.
const BLOCK: [u8; 4096] = [b'x'; 4096];

/// What a stand-in program does, in a file that is removed when this is dropped.
#[derive(Debug)]
pub struct Script {
    file: tempfile::TempPath,
}

/// How the files' names begin and end.
const NAME: (&str, &str) = ("stand-in-", ".json");

/// Removes the files that a killed proxy left in a folder.
pub(crate) fn sweep(folder: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(NAME.0) && name.ends_with(NAME.1) && entry.file_type()?.is_file() {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

impl Script {
    /// Writes the file into a folder, for its owner alone.
    pub(crate) fn write(folder: &Path, answer: &CommandAnswer) -> io::Result<Self> {
        let mut file = tempfile::Builder::new()
            .prefix(NAME.0)
            .suffix(NAME.1)
            .tempfile_in(folder)?;
        file.write_all(&to_vec(answer)?)?;
        Ok(Self {
            file: file.into_temp_path(),
        })
    }

    /// The arguments of `holdpoint` that do what it says.
    #[must_use]
    pub fn arguments(&self) -> Vec<OsString> {
        vec![OsString::from("stand-in"), self.file.as_os_str().to_owned()]
    }
}

/// Does what the file says; `args` is what comes after `stand-in`. Returns the exit code.
#[must_use]
pub fn stand_in(args: &[OsString]) -> i32 {
    let [file] = args else {
        eprintln!("holdpoint stand-in is what a rehearsal runs in the place of programs; it is of no use by hand.");
        return MISUSED;
    };
    let path = PathBuf::from(file);
    let answer = std::fs::read(&path).and_then(|bytes| from_slice(&bytes).map_err(io::Error::from));
    match answer {
        // When nobody reads any more: what nobody read did not succeed.
        Ok(answer) => act(&answer).unwrap_or(1),
        Err(error) => {
            eprintln!("{} cannot be read: {error}.", path.display());
            MISUSED
        }
    }
}

fn act(answer: &CommandAnswer) -> io::Result<i32> {
    let (mut stdout, mut stderr) = (io::stdout().lock(), io::stderr().lock());
    for chunk in &answer.chunks {
        sleep(chunk.after);
        let out: &mut dyn Write = match chunk.stream {
            Stream::Out => &mut stdout,
            Stream::Err => &mut stderr,
        };
        out.write_all(chunk.text.as_bytes())?;
        out.flush()?;
    }
    match answer.end {
        CommandEnd::Exit(code) => Ok(i32::from(code)),
        CommandEnd::Killed => {
            raise(Signal::SIGKILL)?;
            Ok(1)
        }
        CommandEnd::Silent => {
            sleep(LONGEST_SILENCE);
            Ok(1)
        }
        CommandEnd::Flood(bytes) => {
            let mut left = bytes;
            while left > 0 {
                let now = usize::try_from(left).unwrap_or(usize::MAX).min(BLOCK.len());
                stdout.write_all(&BLOCK[..now])?;
                left -= now as u64;
            }
            stdout.flush()?;
            Ok(0)
        }
    }
}

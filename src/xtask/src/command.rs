//! Running other programs: quietly, with their output in a log file that is shown when they fail.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use crate::error::XtaskError;
use crate::place::Place;
use crate::report::Progress;

/// Lines of a failed program's output that are shown.
const TAIL: usize = 40;

/// A program that is run to its end, with its output in a log file.
pub struct Quiet {
    command: Command,
    what: String,
    log: PathBuf,
}

impl Quiet {
    /// A program. `what` is said on screen; its first word names the log file.
    pub fn new(place: &Place, what: impl Into<String>, program: impl Into<OsString>) -> Self {
        let what = what.into();
        let mut command = Command::new(program.into());
        command.current_dir(&place.root).stdin(Stdio::null());
        let name: String = what
            .chars()
            .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' })
            .collect();
        let log = place.logs().join(format!("{}.log", name.trim_matches('-')));
        Self { command, what, log }
    }

    /// Adds arguments.
    pub fn args<I, A>(mut self, arguments: I) -> Self
    where
        I: IntoIterator<Item = A>,
        A: AsRef<std::ffi::OsStr>,
    {
        self.command.args(arguments);
        self
    }

    /// Adds a flag with a path.
    pub fn arg_pair(mut self, flag: &str, path: &Path) -> Self {
        self.command.arg(flag).arg(path);
        self
    }

    /// Sets an environment variable.
    pub fn env(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Takes an environment variable away.
    pub fn without(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Runs it, says how long it took, and gives its whole output.
    pub fn run(self) -> Result<String, XtaskError> {
        self.said(Self::run_silently)
    }

    /// The same, but gives only what it prints to its standard output; the log file has the rest.
    pub fn run_for_stdout(self) -> Result<String, XtaskError> {
        self.said(|mut quiet| {
            let log = quiet.open_log()?;
            quiet.command.stdout(Stdio::piped()).stderr(log);
            let program = quiet.command.get_program().to_string_lossy().into_owned();
            let start = |source| XtaskError::Start { program, source };
            let output = quiet.command.spawn().and_then(std::process::Child::wait_with_output);
            let output = output.map_err(start)?;
            quiet.ended(output.status, |_| {
                Ok(String::from_utf8_lossy(&output.stdout).into_owned())
            })
        })
    }

    /// Runs it without a word on screen.
    pub fn run_silently(mut self) -> Result<String, XtaskError> {
        let log = self.open_log()?;
        let errors = log.try_clone().map_err(XtaskError::file(&self.log, "written"))?;
        let program = self.command.get_program().to_string_lossy().into_owned();
        let status = self
            .command
            .stdout(log)
            .stderr(errors)
            .status()
            .map_err(|source| XtaskError::Start { program, source })?;
        self.ended(status, Ok)
    }

    fn said(self, run: impl FnOnce(Self) -> Result<String, XtaskError>) -> Result<String, XtaskError> {
        let progress = Progress::begin(&self.what);
        let ended = run(self);
        match &ended {
            Ok(_) => progress.end(),
            Err(_) => progress.fail(),
        };
        ended
    }

    fn open_log(&self) -> Result<File, XtaskError> {
        let folder = self.log.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(XtaskError::file(folder, "made"))?;
        File::create(&self.log).map_err(XtaskError::file(&self.log, "written"))
    }

    /// What it gives, made of the log where it ended well.
    fn ended(
        self,
        status: ExitStatus,
        good: impl FnOnce(String) -> Result<String, XtaskError>,
    ) -> Result<String, XtaskError> {
        let bytes = fs::read(&self.log).map_err(XtaskError::file(&self.log, "read"))?;
        let logged = String::from_utf8_lossy(&bytes).into_owned();
        if status.success() {
            return good(logged);
        }
        Err(XtaskError::Failed {
            what: self.what,
            status: status.to_string(),
            log: self.log,
            tail: tail(&logged, TAIL),
        })
    }
}

/// What a program prints with these arguments; `None` when it cannot be started or fails.
pub fn printed(program: impl Into<OsString>, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program.into())
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Whether a program of this name is on PATH.
pub fn on_path(name: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(name).is_file()))
}

/// PATH with these folders before everything else.
pub fn path_with(folders: &[PathBuf]) -> OsString {
    let old = std::env::var_os("PATH").unwrap_or_default();
    let folders = folders.iter().cloned().chain(std::env::split_paths(&old));
    // A folder whose name holds the separator cannot be on PATH at all; the old PATH is then the best there is.
    std::env::join_paths(folders).unwrap_or(old)
}

/// The last lines of a text.
pub fn tail(text: &str, lines: usize) -> String {
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::tail;

    #[test]
    fn the_tail_is_the_end() {
        assert_eq!(tail("a\nb\nc", 2), "b\nc");
        assert_eq!(tail("a", 2), "a");
    }
}

//! Command gates: one program without a shell, with an environment of its own and an output that has an end.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::ErrorKind;
use std::os::unix::process::ExitStatusExt;
use std::path::{Component, Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use holdpoint_gates::config::{CommandLine, Environment};
use holdpoint_gates::evaluate::Observation;
use holdpoint_gates::fill::{Encoding, Piece, Values, fill, pieces};
use nix::errno::Errno;
use tokio::process::Command;

use super::error::GateRunError;
use super::group::{Group, Lost, NotStarted};
use super::program_output::Reader;
use super::programs::{is_there, located, started_for};
use super::sink::Sink;

/// How long the output may stay open after the program and its group are gone.
const DRAIN: Duration = Duration::from_secs(1);

/// A program with its values filled in.
pub(super) struct Prepared {
    /// What the gate says, for the record.
    argv: Vec<String>,
    /// What is started: the gate's program, or what stands in for it here.
    program: PathBuf,
    arguments: Vec<OsString>,
    /// The environment's folder for commands, within which the gate stays.
    base: PathBuf,
    /// Where it runs. A program that is named by a relative path is taken against it.
    folder: PathBuf,
    env: BTreeMap<String, String>,
    /// The program also gets the proxy's `PATH`.
    has_path: bool,
    max_bytes: u64,
}

/// Fills the values in. `values` hold the secrets too; `env` is the program's environment, and `dir` the folder of `gates.toml`.
pub(super) fn prepare(
    line: &CommandLine,
    environment: &Environment,
    env: BTreeMap<String, String>,
    values: &Values,
    dir: &Path,
) -> Result<Prepared, GateRunError> {
    if let Some(named) = line.argv.first() {
        check_program(named, environment, values)?;
    }
    let argv = line
        .argv
        .iter()
        .map(|argument| fill_argument(argument, values))
        .collect::<Result<Vec<_>, _>>()?;
    let base = dir.join(environment.folder.as_deref().unwrap_or("."));
    let folder = match &line.folder {
        Some(own) => base.join(fill_folder(own, values)?),
        None => base.clone(),
    };
    let (first, rest) = argv.split_first().ok_or(GateRunError::Declaration)?;
    let (program, leading) = started_for(first, environment, dir).ok_or(GateRunError::Declaration)?;
    let arguments = leading.iter().chain(rest).map(OsString::from).collect();
    Ok(Prepared {
        program,
        arguments,
        base,
        folder,
        env,
        has_path: true,
        max_bytes: line.max_bytes,
        argv,
    })
}

impl Prepared {
    /// What is run, for the record.
    pub(super) fn words(&self) -> String {
        self.argv
            .iter()
            .map(|argument| quoted(argument))
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Another program in its place, with the same cap, and with no environment at all.
    pub(super) fn stand_in(self, program: &Path, arguments: Vec<OsString>, folder: &Path) -> Self {
        Self {
            program: program.to_owned(),
            arguments,
            base: folder.to_owned(),
            folder: folder.to_owned(),
            env: BTreeMap::new(),
            has_path: false,
            ..self
        }
    }

    /// Runs it, under this guard if there is one. Dropping the future kills the program with everything that it started.
    pub(super) async fn run(&self, guard: Option<&Path>, sink: &mut Sink) -> Result<Observation, GateRunError> {
        let folder = self.resolved_folder()?;
        let program = located(&self.program, &folder);
        let mut command = match guard {
            Some(guard) => {
                let mut command = Command::new(guard);
                command.arg0("holdpoint").args(["guard", "--"]).arg(&program);
                command
            }
            None => Command::new(&program),
        };
        command.args(&self.arguments).current_dir(&folder).env_clear();
        if let Some(path) = std::env::var_os("PATH").filter(|_| self.has_path) {
            command.env("PATH", path);
        }
        command
            .envs(&self.env)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let started = Instant::now();
        // The group goes first, so that a program which writes into a closed pipe cannot die before its children are found.
        let mut reader;
        let group = match guard {
            Some(_) => Group::spawn_guarded(command).await,
            None => Group::spawn(command),
        };
        let mut group = group.map_err(|error| self.not_started(&program, &error))?;
        reader = Reader::new(&mut group, self.max_bytes)?;
        let status = loop {
            tokio::select! {
                more = reader.more(sink), if reader.is_open() => more?,
                status = group.wait() => break status?,
            }
        };
        let latency = started.elapsed();
        // A process that the program left behind in its group is part of the run, and the run is over.
        group.kill();
        let drained = async {
            while reader.is_open() {
                reader.more(sink).await?;
            }
            Ok(())
        };
        tokio::time::timeout(DRAIN, drained)
            .await
            .unwrap_or(Err(GateRunError::LeftOpen))?;
        let Reader {
            stdout,
            stderr,
            combined,
            ..
        } = reader;
        Ok(Observation::Command {
            exit: status.code(),
            signal: status.signal(),
            stdout,
            stderr,
            combined,
            truncated: false,
            latency,
        })
    }

    /// Where symbolic links lead is where it runs, and that is within the declared folder.
    fn resolved_folder(&self) -> Result<PathBuf, GateRunError> {
        let resolved = |path: &Path| {
            let resolved = path.canonicalize().ok().filter(|path| path.is_dir());
            resolved.ok_or_else(|| GateRunError::NoFolder {
                folder: path.display().to_string(),
            })
        };
        let (base, folder) = (resolved(&self.base)?, resolved(&self.folder)?);
        if folder.starts_with(&base) {
            Ok(folder)
        } else {
            Err(GateRunError::OutsideFolder {
                folder: folder.display().to_string(),
                declared: base.display().to_string(),
            })
        }
    }

    fn not_started(&self, path: &Path, error: &NotStarted) -> GateRunError {
        let program = self.argv.first().cloned().unwrap_or_default();
        let error = match error {
            NotStarted::Program(error) => error,
            NotStarted::Guard(error) => {
                return GateRunError::NoGuard {
                    reason: error.to_string(),
                };
            }
        };
        let start = |reason: String, lasts| GateRunError::Start {
            program: program.clone(),
            reason,
            lasts,
        };
        match error.kind() {
            // The system says the same of a script and of the program that its first line names.
            ErrorKind::NotFound if is_there(path) => start(
                "what its first line names as its interpreter, or its loader, was not found".to_owned(),
                true,
            ),
            ErrorKind::NotFound | ErrorKind::NotADirectory => GateRunError::NoProgram { program },
            ErrorKind::PermissionDenied => start(
                "it is not executable, or its folder may not be entered, by the user that the proxy runs as".to_owned(),
                true,
            ),
            _ if error.raw_os_error() == Some(Errno::ENOEXEC as i32) => start(
                "the system does not know it as a program: it is for another machine, or a script without “#!” in its first line"
                    .to_owned(),
                true,
            ),
            ErrorKind::ArgumentListTooLong | ErrorKind::InvalidFilename | ErrorKind::InvalidInput => {
                start(error.to_string(), true)
            }
            // Too many processes or open files, no memory, a program that is being written.
            _ => start(error.to_string(), false),
        }
    }
}

impl From<Lost> for GateRunError {
    fn from(lost: Lost) -> Self {
        match lost {
            Lost::Program(error) => Self::Output {
                reason: error.to_string(),
            },
            Lost::Guard => Self::GuardLost,
        }
    }
}

/// What the session says may be a part of a program's name, and never the way to another one.
fn check_program(template: &str, environment: &Environment, values: &Values) -> Result<(), GateRunError> {
    for piece in pieces(template) {
        if let Piece::Name(name) = piece
            && let Some(value) = values.get(name)
            && environment.variables.get(name) != Some(value)
            && value.contains('/')
        {
            return Err(GateRunError::PathValue {
                name: name.to_owned(),
                value: value.clone(),
            });
        }
    }
    Ok(())
}

/// A value at the beginning of an argument must not turn it into an option.
fn fill_argument(template: &str, values: &Values) -> Result<String, GateRunError> {
    let filled = fill(template, values, Encoding::Plain)?;
    match pieces(template).first() {
        Some(Piece::Name(name)) if filled.starts_with('-') => Err(GateRunError::OptionValue {
            name: (*name).to_owned(),
        }),
        _ => Ok(filled),
    }
}

/// A value is one step of the folder's path, and never a way out of it.
fn fill_folder(template: &str, values: &Values) -> Result<String, GateRunError> {
    for piece in pieces(template) {
        if let Piece::Name(name) = piece
            && let Some(value) = values.get(name)
        {
            let mut steps = Path::new(value).components();
            if !matches!((steps.next(), steps.next()), (Some(Component::Normal(_)), None)) {
                return Err(GateRunError::PathValue {
                    name: name.to_owned(),
                    value: value.clone(),
                });
            }
        }
    }
    Ok(fill(template, values, Encoding::Plain)?)
}

/// An argument as one would write it in a shell, so that the record can be read and tried out.
fn quoted(argument: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=@%+,".contains(&byte);
    if !argument.is_empty() && argument.bytes().all(plain) {
        argument.to_owned()
    } else {
        format!("'{}'", argument.replace('\'', "'\\''"))
    }
}

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
use holdpoint_gates::fill::{Encoding, FillError, Piece, Values, fill, pieces};
use tokio::io::AsyncReadExt;
use tokio::process::Command;

use super::error::GateRunError;
use super::group::{Group, Lost, NotStarted};
use super::sink::{Sink, Stream};

/// How long the output may stay open after the program and its group are gone.
const DRAIN: Duration = Duration::from_secs(1);

/// A program with its values filled in.
pub(super) struct Prepared {
    /// What the gate says, for the record.
    argv: Vec<String>,
    /// What is started: the gate's program, or what stands in for it here.
    program: PathBuf,
    arguments: Vec<OsString>,
    folder: PathBuf,
    env: BTreeMap<String, String>,
    /// The program also gets the proxy's `PATH`.
    has_path: bool,
    max_bytes: u64,
}

/// Fills the values in. `values` hold the secrets too; `dir` is the folder of `gates.toml`.
pub(super) fn prepare(
    line: &CommandLine,
    environment: &Environment,
    values: &Values,
    dir: &Path,
) -> Result<Prepared, GateRunError> {
    let argv = line
        .argv
        .iter()
        .map(|argument| fill_argument(argument, values))
        .collect::<Result<Vec<_>, _>>()?;
    let mut folder = dir.join(environment.folder.as_deref().unwrap_or("."));
    if let Some(own) = &line.folder {
        folder.push(fill_folder(own, values)?);
    }
    let (first, rest) = argv.split_first().ok_or(GateRunError::Declaration)?;
    let (program, mut arguments) = match environment.programs.get(first) {
        Some(instead) => {
            let (program, leading) = instead.split_first().ok_or(GateRunError::Declaration)?;
            (located(program, dir), leading.iter().map(OsString::from).collect())
        }
        None => (located(first, &folder), Vec::new()),
    };
    arguments.extend(rest.iter().map(OsString::from));
    let env = line
        .env
        .iter()
        .map(|(name, value)| Ok((name.clone(), fill(value, values, Encoding::Plain)?)))
        .collect::<Result<_, FillError>>()?;
    Ok(Prepared {
        program,
        arguments,
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
            folder: folder.to_owned(),
            env: BTreeMap::new(),
            has_path: false,
            ..self
        }
    }

    /// Runs it, under this guard if there is one. Dropping the future kills the program with everything that it started.
    pub(super) async fn run(&self, guard: Option<&Path>, sink: &mut Sink) -> Result<Observation, GateRunError> {
        if !self.folder.is_dir() {
            return Err(GateRunError::NoFolder {
                folder: self.folder.display().to_string(),
            });
        }
        let mut command = match guard {
            Some(guard) => {
                let mut command = Command::new(guard);
                command.arg0("holdpoint").args(["guard", "--"]).arg(&self.program);
                command
            }
            None => Command::new(&self.program),
        };
        command.args(&self.arguments).current_dir(&self.folder).env_clear();
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
        let mut group = group.map_err(|error| self.not_started(&error))?;
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

    fn not_started(&self, error: &NotStarted) -> GateRunError {
        let program = self.argv.first().cloned().unwrap_or_default();
        match error {
            NotStarted::Program(error) if error.kind() == ErrorKind::NotFound => GateRunError::NoProgram { program },
            NotStarted::Program(error) => GateRunError::Start {
                program,
                reason: error.to_string(),
            },
            NotStarted::Guard(error) => GateRunError::NoGuard {
                reason: error.to_string(),
            },
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

/// Reads both streams in the order in which they come, up to the cap.
struct Reader {
    out: Option<tokio::process::ChildStdout>,
    err: Option<tokio::process::ChildStderr>,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    combined: Vec<u8>,
    cap: u64,
}

impl Reader {
    fn new(group: &mut Group, cap: u64) -> Result<Self, GateRunError> {
        let (out, err) = group.streams().ok_or_else(|| GateRunError::Output {
            reason: "it has none".to_owned(),
        })?;
        let (stdout, stderr, combined) = Default::default();
        Ok(Self {
            out: Some(out),
            err: Some(err),
            stdout,
            stderr,
            combined,
            cap,
        })
    }

    fn is_open(&self) -> bool {
        self.out.is_some() || self.err.is_some()
    }

    /// Reads what comes next on either stream.
    async fn more(&mut self, sink: &mut Sink) -> Result<(), GateRunError> {
        let mut from_out = [0; 8192];
        let mut from_err = [0; 8192];
        let read = tokio::select! {
            read = read_some(&mut self.out, &mut from_out), if self.out.is_some() => read.map(|read| (Stream::Out, read)),
            read = read_some(&mut self.err, &mut from_err), if self.err.is_some() => read.map(|read| (Stream::Err, read)),
            else => return Ok(()),
        };
        let (stream, read) = read.map_err(|error| GateRunError::Output {
            reason: error.to_string(),
        })?;
        let (bytes, kept) = match stream {
            Stream::Out => (&from_out[..read], &mut self.stdout),
            Stream::Err => (&from_err[..read], &mut self.stderr),
        };
        if read == 0 {
            match stream {
                Stream::Out => self.out = None,
                Stream::Err => self.err = None,
            }
            return Ok(());
        }
        let room = usize::try_from(self.cap).unwrap_or(usize::MAX) - self.combined.len();
        let fits = &bytes[..read.min(room)];
        kept.extend_from_slice(fits);
        self.combined.extend_from_slice(fits);
        sink.push(stream, fits);
        if read > room {
            Err(GateRunError::TooMuchOutput { cap: self.cap })
        } else {
            Ok(())
        }
    }
}

async fn read_some<R: tokio::io::AsyncRead + Unpin>(stream: &mut Option<R>, into: &mut [u8]) -> std::io::Result<usize> {
    match stream {
        Some(stream) => stream.read(into).await,
        None => std::future::pending().await,
    }
}

/// A program that is named by a path is taken against the folder; one that is only named is looked for in `PATH`.
fn located(program: &str, folder: &Path) -> PathBuf {
    if program.contains('/') {
        folder.join(program)
    } else {
        PathBuf::from(program)
    }
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
                return Err(FillError::Climbs {
                    name: name.to_owned(),
                    value: value.clone(),
                }
                .into());
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

//! How a test's proxy is started.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::{DriverError, Result, TestProxy, repository};

/// How the proxy is started.
#[derive(Clone, Debug)]
pub struct Options {
    program: Option<PathBuf>,
    runbooks: PathBuf,
    rehearsal: bool,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            program: None,
            runbooks: repository().join("runbooks"),
            rehearsal: false,
            arguments: Vec::new(),
            environment: Vec::new(),
        }
    }
}

impl Options {
    /// The shipped runbooks, against the stand-in platform.
    #[must_use]
    pub fn rehearsal() -> Self {
        Self {
            rehearsal: true,
            ..Self::default()
        }
    }

    /// Another `holdpoint` than [`TestProxy::program`].
    #[must_use]
    pub fn program(mut self, program: impl Into<PathBuf>) -> Self {
        self.program = Some(program.into());
        self
    }

    /// Runbooks and `gates.toml` from this folder.
    #[must_use]
    pub fn runbooks(mut self, folder: impl Into<PathBuf>) -> Self {
        self.runbooks = folder.into();
        self
    }

    /// A further argument.
    #[must_use]
    pub fn argument(mut self, argument: impl Into<String>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// An environment variable.
    #[must_use]
    pub fn environment(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }
}

/// Starts a proxy, and collects everything that it prints.
pub(crate) fn spawn(options: &Options, data: &Path, port: u16) -> Result<(Child, Arc<Mutex<String>>)> {
    let program = match &options.program {
        Some(program) => program.clone(),
        None => TestProxy::program()?,
    };
    let mut command = Command::new(&program);
    command.args(["serve", "--host", "127.0.0.1", "--port", &port.to_string()]);
    command
        .arg("--data-dir")
        .arg(data)
        .arg("--runbooks")
        .arg(&options.runbooks);
    if options.rehearsal {
        command.arg("--rehearsal");
    }
    command
        .args(&options.arguments)
        .envs(options.environment.iter().cloned());
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command
        .spawn()
        .map_err(DriverError::io(format!("starting {}", program.display())))?;
    let output = Arc::new(Mutex::new(String::new()));
    let streams: [Option<Box<dyn std::io::Read + Send>>; 2] = [
        child.stdout.take().map(|stream| Box::new(stream) as _),
        child.stderr.take().map(|stream| Box::new(stream) as _),
    ];
    for stream in streams.into_iter().flatten() {
        let output = Arc::clone(&output);
        thread::spawn(move || collect(stream, &output));
    }
    Ok((child, output))
}

fn collect(stream: impl std::io::Read, output: &Mutex<String>) {
    for line in BufReader::new(stream).split(b'\n') {
        // The stream ends with the process, which is noticed elsewhere.
        let Ok(line) = line else { return };
        let mut output = output.lock().unwrap_or_else(PoisonError::into_inner);
        output.push_str(&String::from_utf8_lossy(&line));
        output.push('\n');
    }
}

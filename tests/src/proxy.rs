//! A proxy of the test's own: a real process, on a free port, with a data folder that goes away with it.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

use crate::client::Client;
use crate::{DriverError, Result, repository};

/// How long a proxy may take until it is ready. A rehearsal starts a database cluster first.
const UNTIL_READY: Duration = Duration::from_secs(60);
/// How long it may take to drain.
const UNTIL_DRAINED: Duration = Duration::from_secs(20);

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

/// A proxy of the test's own. It is stopped when it is dropped, and its data folder goes away.
pub struct TestProxy {
    options: Options,
    data: TempDir,
    port: u16,
    child: Child,
    output: Arc<Mutex<String>>,
}

impl TestProxy {
    /// Where the built `holdpoint` is: `HOLDPOINT_BIN`, or beside the test programs.
    ///
    /// # Errors
    /// It was not built.
    pub fn program() -> Result<PathBuf> {
        let program = match std::env::var_os("HOLDPOINT_BIN") {
            Some(path) => PathBuf::from(path),
            // Test programs are in target/debug/deps.
            None => {
                let own = std::env::current_exe().map_err(DriverError::io("finding the test program"))?;
                own.parent()
                    .and_then(Path::parent)
                    .unwrap_or(Path::new("."))
                    .join("holdpoint")
            }
        };
        if program.is_file() {
            Ok(program)
        } else {
            Err(DriverError::NotBuilt(program))
        }
    }

    /// Starts a proxy and waits until it says that it is ready.
    ///
    /// # Errors
    /// It was not built, or it does not get ready.
    pub async fn start(options: Options) -> Result<Self> {
        let data = tempfile::Builder::new().prefix("holdpoint-test-").tempdir();
        let data = data.map_err(DriverError::io("making a data folder"))?;
        let port = free_port()?;
        let (child, output) = spawn(&options, data.path(), port)?;
        let mut proxy = Self {
            options,
            data,
            port,
            child,
            output,
        };
        proxy.until_ready().await?;
        Ok(proxy)
    }

    /// Its address without a path.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Its data folder.
    #[must_use]
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// Everything that it has printed since its last start.
    #[must_use]
    pub fn output(&self) -> String {
        self.output
            .lock()
            .map(|text| text.clone())
            .unwrap_or_else(|poisoned| poisoned.into_inner().clone())
    }

    /// The one-time sign-in link that it printed at its last start.
    ///
    /// # Errors
    /// It printed none.
    pub fn sign_in_link(&self) -> Result<String> {
        let output = self.output();
        let found = output
            .split_whitespace()
            .find(|word| word.starts_with("http://") && word.contains("/sign-in?token="));
        found.map(str::to_owned).ok_or_else(|| DriverError::Unexpected {
            what: "The sign-in link".into(),
            found: output.clone(),
        })
    }

    /// Opens the sign-in link, as a person would, and gives a client that is signed in.
    ///
    /// # Errors
    /// The link was used before, or there is no answer.
    pub async fn sign_in(&self) -> Result<Client> {
        Client::sign_in(&self.url(), &self.sign_in_link()?).await
    }

    /// Kills it as a power cut would.
    ///
    /// # Errors
    /// The system does not let us.
    pub fn kill9(&mut self) -> Result<()> {
        self.child.kill().map_err(DriverError::io("killing the proxy"))?;
        self.child
            .wait()
            .map_err(DriverError::io("waiting for the killed proxy"))?;
        Ok(())
    }

    /// Asks it to stop (SIGTERM), and waits until it has drained.
    ///
    /// # Errors
    /// It does not end in time.
    pub fn stop(&mut self) -> Result<ExitStatus> {
        if let Some(status) = self.child.try_wait().map_err(DriverError::io("looking at the proxy"))? {
            return Ok(status);
        }
        terminate(&self.child)?;
        let since = Instant::now();
        while since.elapsed() < UNTIL_DRAINED {
            if let Some(status) = self.child.try_wait().map_err(DriverError::io("looking at the proxy"))? {
                return Ok(status);
            }
            thread::sleep(Duration::from_millis(20));
        }
        Err(DriverError::TimedOut {
            what: "the proxy to drain".into(),
            waited: since.elapsed(),
            seen: self.output(),
        })
    }

    /// Starts it again on the same port with the same data.
    ///
    /// # Errors
    /// It does not get ready.
    pub async fn restart(&mut self) -> Result<()> {
        self.stop()?;
        (self.child, self.output) = spawn(&self.options, self.data.path(), self.port)?;
        self.until_ready().await
    }

    async fn until_ready(&mut self) -> Result<()> {
        let ready = format!("{}/readyz", self.url());
        let http = crate::client::plain_http()?;
        let since = Instant::now();
        while since.elapsed() < UNTIL_READY {
            if let Some(status) = self.child.try_wait().map_err(DriverError::io("looking at the proxy"))? {
                return Err(DriverError::Program {
                    what: format!("Starting the proxy ({status})"),
                    output: self.output(),
                });
            }
            // Until it listens there is no answer, which is what this loop waits for.
            if http
                .get(&ready)
                .send()
                .await
                .is_ok_and(|answer| answer.status().is_success())
                && self.output().contains("/sign-in?token=")
            {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        let seen = self.output();
        Err(DriverError::TimedOut {
            what: "the proxy to be ready".into(),
            waited: since.elapsed(),
            seen,
        })
    }
}

impl Drop for TestProxy {
    fn drop(&mut self) {
        // A rehearsal tidies its database cluster away when it is asked to stop, so it is asked first.
        if self.stop().is_err()
            && let Err(error) = self.kill9()
        {
            eprintln!("{error}");
        }
        if thread::panicking() {
            eprintln!("--- the proxy printed ---\n{}", self.output());
        }
    }
}

fn spawn(options: &Options, data: &Path, port: u16) -> Result<(Child, Arc<Mutex<String>>)> {
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
        let mut output = output.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        output.push_str(&String::from_utf8_lossy(&line));
        output.push('\n');
    }
}

/// A port that was free a moment ago.
///
/// # Errors
/// The system has none.
pub(crate) fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(DriverError::io("looking for a free port"))?;
    Ok(listener
        .local_addr()
        .map_err(DriverError::io("looking for a free port"))?
        .port())
}

/// Sends SIGTERM.
fn terminate(child: &Child) -> Result<()> {
    let pid = i32::try_from(child.id()).map(Pid::from_raw);
    let sent = pid.map_err(std::io::Error::other).and_then(|pid| Ok(kill(pid, Signal::SIGTERM)?));
    sent.map_err(DriverError::io("asking the proxy to stop"))
}

/// Writes a file, with its folders.
pub(crate) fn write(path: &Path, content: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(DriverError::io(format!("making {}", folder.display())))?;
    }
    let mut file = File::create(path).map_err(DriverError::io(format!("writing {}", path.display())))?;
    file.write_all(content)
        .map_err(DriverError::io(format!("writing {}", path.display())))
}

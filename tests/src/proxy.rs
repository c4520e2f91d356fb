//! A proxy of the test's own: a real process, on a free port, with a data folder that goes away with it.

use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

use crate::client::Client;
use crate::options::{Options, spawn};
use crate::system::free_port;
use crate::{DriverError, Result};

/// How long a proxy may take until it is ready.
const UNTIL_READY: Duration = Duration::from_secs(60);
/// How long it may take to drain.
const UNTIL_DRAINED: Duration = Duration::from_secs(20);

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
        // Asked first, so that the end is the ordinary one.
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

/// Sends SIGTERM.
fn terminate(child: &Child) -> Result<()> {
    let pid = i32::try_from(child.id()).map(Pid::from_raw);
    let sent = pid
        .map_err(std::io::Error::other)
        .and_then(|pid| Ok(kill(pid, Signal::SIGTERM)?));
    sent.map_err(DriverError::io("asking the proxy to stop"))
}

//! A throw-away PostgreSQL cluster on loopback that does not outlive the proxy, however the proxy ends.
//!
//! A watchdog shell reads from a pipe whose other end only the proxy holds. When the proxy ends, be it by `kill -9`, the
//! pipe closes, and the watchdog stops the server and removes its folder. What even a watchdog cannot clean up (the machine
//! lost power) is cleaned up by the next start, which finds the folder's path in `postgres.path`.

use std::ffi::OsStr;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::AsyncWriteExt;
use tokio::process::{Child, ChildStdin, Command};
use uuid::Uuid;

use super::database::Address;
use super::programs::{ClusterError, SERVER_USER, free_port, io_error, run, server_runs, succeeded};

/// Every folder that this module makes, and the only ones that it removes, begin with this.
const PREFIX: &str = "holdpoint-rehearsal-";
/// How often another port is tried, should somebody else take the free one first.
const PORT_TRIES: u32 = 3;

const WATCHDOG: &str = r#"
trap '' INT TERM HUP
cat >/dev/null
"$1" -D "$2/data" -m immediate -w stop >/dev/null 2>&1
rm -rf -- "$2"
"#;

/// A cluster that is running.
#[derive(Debug)]
pub(super) struct Cluster {
    pub(super) address: Address,
    watchdog: Child,
    /// Closing it ends the server.
    leash: Option<ChildStdin>,
}

impl Cluster {
    /// Removes what an earlier rehearsal in this folder left behind, then makes a new cluster and starts it.
    pub(super) async fn start(folder: &Path, binaries: Option<PathBuf>) -> Result<Self, ClusterError> {
        let binaries = binaries.ok_or(ClusterError::NotFound)?;
        let as_root = std::fs::metadata(folder)
            .map_err(io_error("looking at the rehearsal's folder"))?
            .uid()
            == 0;
        let runner = Runner { binaries, as_root };
        let note = folder.join("postgres.path");
        runner.clean_up(&note).await?;

        let home = runner.make_home(folder).await?;
        std::fs::write(&note, home.as_os_str().as_encoded_bytes()).map_err(io_error("noting the cluster's folder"))?;
        let (watchdog, leash) = runner.watch(&home)?;
        // From here on every early return drops the leash, and the watchdog cleans up.
        let password = format!("{}{}", Uuid::now_v7().simple(), Uuid::now_v7().simple());
        runner.write_password(&home, &password).await?;
        runner.init(&home).await?;
        let port = runner.start(&home).await?;
        Ok(Self {
            address: Address { port, password },
            watchdog,
            leash: Some(leash),
        })
    }

    /// Stops the server, and returns when it is gone.
    pub(super) async fn stop(mut self) -> io::Result<()> {
        drop(self.leash.take());
        self.watchdog.wait().await.map(|_| ())
    }
}

/// Runs PostgreSQL's programs, as another user where need be.
struct Runner {
    binaries: PathBuf,
    as_root: bool,
}

impl Runner {
    fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = if self.as_root {
            let mut command = Command::new("runuser");
            command.args(["-u", SERVER_USER, "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        // The server's user may not be allowed into the folder that the proxy was started in.
        command.current_dir("/").stdin(Stdio::null());
        command
    }

    fn binary(&self, name: &str) -> PathBuf {
        self.binaries.join(name)
    }

    async fn make_home(&self, folder: &Path) -> Result<PathBuf, ClusterError> {
        if !self.as_root {
            let folder = folder
                .canonicalize()
                .map_err(io_error("resolving the rehearsal's folder"))?;
            let home = folder.join(format!("{PREFIX}{}", Uuid::now_v7().simple()));
            std::fs::create_dir(&home).map_err(io_error("making the cluster's folder"))?;
            return Ok(home);
        }
        let template = std::env::temp_dir().join(format!("{PREFIX}XXXXXXXX"));
        let output = run(self.command("mktemp").arg("-d").arg(template)).await?;
        Ok(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim_end()))
    }

    /// Starts the watchdog, in a process group of its own so that Ctrl-C in the terminal does not reach it.
    fn watch(&self, home: &Path) -> Result<(Child, ChildStdin), ClusterError> {
        let mut command = self.command("sh");
        command
            .args(["-c", WATCHDOG, "sh"])
            .arg(self.binary("pg_ctl"))
            .arg(home);
        command
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let start = |source| ClusterError::Start {
            program: "the watchdog (sh)".to_owned(),
            source,
        };
        let mut watchdog = command.spawn().map_err(start)?;
        let leash = watchdog
            .stdin
            .take()
            .ok_or_else(|| start(io::Error::other("it has no standard input")))?;
        Ok((watchdog, leash))
    }

    /// The server's user makes the file, for it must be the one who can read it, and nobody else.
    async fn write_password(&self, home: &Path, password: &str) -> Result<(), ClusterError> {
        let mut command = self.command("sh");
        command
            .args(["-c", r#"umask 077 && cat >"$1""#, "sh"])
            .arg(home.join("password"));
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let start = |source| ClusterError::Start {
            program: "sh".to_owned(),
            source,
        };
        let mut child = command.spawn().map_err(start)?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin
                .write_all(password.as_bytes())
                .await
                .map_err(io_error("handing over the cluster's password"))?;
        }
        let output = child.wait_with_output().await.map_err(start)?;
        succeeded("sh", output).map(|_| ())
    }

    async fn init(&self, home: &Path) -> Result<(), ClusterError> {
        let mut command = self.command(self.binary("initdb"));
        command.args([
            "-U",
            "postgres",
            "-A",
            "scram-sha-256",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
            "-D",
        ]);
        command.arg(home.join("data"));
        let mut pwfile = std::ffi::OsString::from("--pwfile=");
        pwfile.push(home.join("password"));
        run(command.arg(pwfile)).await.map(|_| ())
    }

    async fn start(&self, home: &Path) -> Result<u16, ClusterError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let port = free_port().map_err(io_error("looking for a free port"))?;
            let options = format!(
                "-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off \
                 -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=16MB -c max_connections=60"
            );
            let mut command = self.command(self.binary("pg_ctl"));
            command
                .args(["-w", "-t", "30", "-o", &options, "-D"])
                .arg(home.join("data"));
            command.arg("-l").arg(home.join("log")).arg("start");
            match run(&mut command).await {
                Ok(_) => return Ok(port),
                Err(error) if tries >= PORT_TRIES => return Err(error),
                Err(error) => tracing::debug!(%error, "the rehearsal's PostgreSQL did not start; trying another port"),
            }
        }
    }

    /// Stops the server that an earlier rehearsal noted, if it still runs, and removes its folder.
    async fn clean_up(&self, note: &Path) -> Result<(), ClusterError> {
        let text = match std::fs::read_to_string(note) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(source) => return Err(io_error("reading where the last cluster was")(source)),
        };
        let home = PathBuf::from(text.trim_end());
        let ours = home.is_absolute()
            && home
                .file_name()
                .and_then(OsStr::to_str)
                .is_some_and(|name| name.starts_with(PREFIX));
        if ours && home.exists() {
            if server_runs(&home.join("data")) {
                let mut command = self.command(self.binary("pg_ctl"));
                command
                    .args(["-m", "immediate", "-w", "-D"])
                    .arg(home.join("data"))
                    .arg("stop");
                if let Err(error) = run(&mut command).await {
                    // Its own watchdog may be stopping it at this very moment.
                    tracing::debug!(%error, "the last rehearsal's PostgreSQL was already stopping");
                }
            }
            run(self.command("rm").arg("-rf").arg("--").arg(&home)).await?;
        }
        std::fs::remove_file(note).map_err(io_error("forgetting where the last cluster was"))
    }
}

//! A throw-away PostgreSQL cluster.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::proxy::free_port;
use crate::{DriverError, Result};

/// A PostgreSQL cluster that goes away when it is dropped.
pub struct TestPostgres {
    folder: TempDir,
    port: u16,
    programs: PathBuf,
    child: Child,
}

impl TestPostgres {
    /// Makes and starts a cluster that forgets everything in a power cut, which is faster.
    ///
    /// # Errors
    /// PostgreSQL is not installed, or it does not start.
    pub async fn start() -> Result<Self> {
        Self::start_with(&["-c", "fsync=off"]).await
    }

    /// Makes and starts a cluster that writes to the disk when PostgreSQL does so by default, to measure beside it.
    ///
    /// # Errors
    /// PostgreSQL is not installed, or it does not start.
    pub async fn durable() -> Result<Self> {
        Self::start_with(&[]).await
    }

    async fn start_with(settings: &[&str]) -> Result<Self> {
        let programs = programs().ok_or(DriverError::Missing { what: "PostgreSQL" })?;
        let folder = tempfile::Builder::new().prefix("holdpoint-pg-").tempdir();
        let folder = folder.map_err(DriverError::io("making a folder for PostgreSQL"))?;
        let data = folder.path().join("data");
        if is_root() {
            // PostgreSQL refuses to run as root, so the folder is given to the user that its package made.
            done(Command::new("chown").arg("postgres").arg(folder.path()), "chown")?;
        }
        done(
            as_postgres(&programs.join("initdb")).arg("-D").arg(&data).args([
                "--username=postgres",
                "--auth=trust",
                "--encoding=UTF8",
                "--no-sync",
                "--no-locale",
            ]),
            "initdb",
        )?;
        let port = free_port()?;
        let child = as_postgres(&programs.join("postgres"))
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(folder.path())
            .args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1"])
            .args(settings)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(DriverError::io("starting PostgreSQL"))?;
        let cluster = Self {
            folder,
            port,
            programs,
            child,
        };
        cluster.until_ready().await?;
        Ok(cluster)
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The connection string of a database.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// Runs SQL in a database, and gives what it prints, unaligned.
    ///
    /// # Errors
    /// The SQL is wrong.
    pub fn sql(&self, database: &str, sql: &str) -> Result<String> {
        done(
            Command::new("psql")
                .arg(self.url(database))
                .args(["-v", "ON_ERROR_STOP=1", "-qAt", "-c", sql]),
            "psql",
        )
    }

    async fn until_ready(&self) -> Result<()> {
        let since = Instant::now();
        loop {
            let Err(error) = self.sql("postgres", "SELECT 1") else {
                return Ok(());
            };
            if since.elapsed() > Duration::from_secs(30) {
                let seen = error.to_string();
                return Err(DriverError::TimedOut {
                    what: "PostgreSQL to be ready".into(),
                    waited: since.elapsed(),
                    seen,
                });
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for TestPostgres {
    fn drop(&mut self) {
        let data = self.folder.path().join("data");
        let mut stop = as_postgres(&self.programs.join("pg_ctl"));
        if let Err(error) = done(
            stop.arg("stop").arg("-D").arg(data).args(["-m", "immediate"]),
            "pg_ctl stop",
        ) {
            eprintln!("{error}");
        }
        if let Err(error) = self.child.wait() {
            eprintln!("PostgreSQL could not be waited for: {error}");
        }
    }
}

/// Debian keeps the server's programs away from PATH.
fn programs() -> Option<PathBuf> {
    let complete = |folder: &Path| {
        ["initdb", "postgres", "pg_ctl"]
            .iter()
            .all(|program| folder.join(program).is_file())
    };
    let debian = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|version| version.path().join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = debian.chain(std::env::split_paths(&path)).collect();
    folders.sort_by_key(|folder| std::cmp::Reverse(version_of(folder)));
    folders.into_iter().find(|folder| complete(folder))
}

/// 15 of `/usr/lib/postgresql/15/bin`.
fn version_of(folder: &Path) -> u32 {
    let version = folder.parent().and_then(Path::file_name).and_then(|name| name.to_str());
    version.and_then(|name| name.parse().ok()).unwrap_or(0)
}

fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.starts_with(b"0\n"))
}

fn as_postgres(program: &Path) -> Command {
    let mut command = if is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    // The user may not be allowed into the folder that the tests run in.
    command.current_dir("/");
    command
}

/// Runs a program to its end, and gives what it printed.
fn done(command: &mut Command, what: &str) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(DriverError::io(format!("starting {what}")))?;
    let printed = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if output.status.success() {
        return Ok(printed);
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    Err(DriverError::Program {
        what: what.to_owned(),
        output: format!("{printed}\n{errors}"),
    })
}

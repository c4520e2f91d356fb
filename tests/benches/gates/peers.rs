//! The bare things: curl, a spawned program, pgbench.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Instant;

use holdpoint_tests::{DriverError, Result};
use tempfile::TempDir;

use crate::pgbench::{PgBench, figure};

/// What the command gate runs.
pub const PROGRAM: &str = "/bin/true";
/// What the SQL gate asks: the statement of `pgbench --select-only`.
pub const STATEMENT: &str = "SELECT abalance FROM pgbench_accounts WHERE aid = 1";

/// As `pgbench --initialize` fills it, at scale 1.
const TABLE: &str = "
CREATE TABLE pgbench_accounts (aid int PRIMARY KEY, bid int, abalance int, filler char(84));
INSERT INTO pgbench_accounts SELECT aid, 1, 0, '' FROM generate_series(1, 100000) AS aid;
ANALYZE pgbench_accounts;";

/// How long curl took, in milliseconds.
pub struct Curl {
    /// What it measures itself: connecting, asking and reading the answer.
    pub own: f64,
    /// Its whole process.
    pub process: f64,
}

/// Asks an address.
pub fn curl(program: &Path, url: &str) -> Result<Curl> {
    let mut command = Command::new(program);
    command.args([
        "--silent",
        "--fail",
        "--output",
        "/dev/null",
        "--write-out",
        "%{time_total}",
        url,
    ]);
    let (output, process) = timed(&mut command)?;
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    match printed.trim().parse::<f64>() {
        Ok(seconds) => Ok(Curl {
            own: seconds * 1000.0,
            process,
        }),
        Err(_) => Err(DriverError::Unexpected {
            what: "The time that curl took".to_owned(),
            found: printed,
        }),
    }
}

/// Spawns [`PROGRAM`] with pipes for its output, as a runner must, and waits for it. The standard library uses `posix_spawn`.
pub fn spawn() -> Result<f64> {
    timed(&mut Command::new(PROGRAM)).map(|(_, took)| took)
}

fn timed(command: &mut Command) -> Result<(Output, f64)> {
    let program = command.get_program().to_string_lossy().into_owned();
    let since = Instant::now();
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|source| DriverError::Io {
            doing: format!("starting {program}"),
            source,
        })?;
    let took = since.elapsed().as_secs_f64() * 1000.0;
    if output.status.success() {
        return Ok((output, took));
    }
    Err(DriverError::Program {
        what: program,
        output: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

/// A database for the SQL gate and for pgbench.
pub struct Database {
    pgbench: PgBench,
    script: PathBuf,
    _folder: TempDir,
}

impl Database {
    /// Starts and fills it.
    pub async fn start(program: PathBuf) -> Result<Self> {
        let io = |source| DriverError::Io {
            doing: "writing the script for pgbench".to_owned(),
            source,
        };
        let pgbench = PgBench::start(program).await?;
        pgbench.cluster.sql("postgres", TABLE)?;
        let folder = tempfile::tempdir().map_err(io)?;
        let script = folder.path().join("select.sql");
        std::fs::write(&script, format!("{STATEMENT};\n")).map_err(io)?;
        Ok(Self {
            pgbench,
            script,
            _folder: folder,
        })
    }

    /// Its connection string.
    pub fn url(&self) -> String {
        self.pgbench.cluster.url("postgres")
    }

    /// The average over so many runs with a new connection each, in milliseconds.
    pub fn fresh(&self, runs: usize) -> Result<f64> {
        self.average(runs, &["--connect".to_owned()])
    }

    /// The average over so many runs with one connection, in milliseconds.
    pub fn kept(&self, runs: usize) -> Result<f64> {
        self.average(runs, &[])
    }

    fn average(&self, runs: usize, more: &[String]) -> Result<f64> {
        let mut arguments = vec![
            "--client=1".to_owned(),
            format!("--transactions={runs}"),
            format!("--file={}", self.script.display()),
        ];
        arguments.extend_from_slice(more);
        // Including the time that connecting takes, where each run connects.
        figure(&self.pgbench.run(&arguments)?, "tps").map(|each_second| 1000.0 / each_second)
    }
}

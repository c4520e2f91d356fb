//! pgbench on a PostgreSQL of its own.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use holdpoint_tests::{DriverError, Result, TestPostgres};

/// A cluster and the program that measures it.
pub struct PgBench {
    program: PathBuf,
    pub cluster: TestPostgres,
}

impl PgBench {
    /// With the program and a cluster that is as durable as PostgreSQL is by default.
    pub async fn start(program: PathBuf) -> Result<Self> {
        Ok(Self {
            program,
            cluster: TestPostgres::durable().await?,
        })
    }

    /// Runs it over TCP with prepared statements, and gives what it prints.
    pub fn run(&self, arguments: &[String]) -> Result<String> {
        let mut command = Command::new(&self.program);
        command
            .args([
                "--no-vacuum",
                "--protocol=prepared",
                "--host=127.0.0.1",
                "--username=postgres",
            ])
            .arg(format!("--port={}", self.cluster.port()))
            .args(arguments)
            .arg("postgres")
            .stdin(Stdio::null());
        let output = command.output().map_err(|source| DriverError::Io {
            doing: "starting pgbench".to_owned(),
            source,
        })?;
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() {
            return Ok(printed);
        }
        Err(DriverError::Program {
            what: "pgbench".to_owned(),
            output: printed + &*String::from_utf8_lossy(&output.stderr),
        })
    }
}

/// A number that pgbench prints: `tps = 1614.2 (without initial connection time)`.
pub fn figure(printed: &str, name: &str) -> Result<f64> {
    let value = printed.lines().find_map(|line| {
        let rest = line.strip_prefix(name)?.trim_start().strip_prefix('=')?;
        rest.split_whitespace().next()?.parse().ok()
    });
    value.ok_or_else(|| DriverError::Unexpected {
        what: format!("What pgbench printed, which must say “{name} = …”,"),
        found: printed.to_owned(),
    })
}

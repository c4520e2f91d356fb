//! Finding and running PostgreSQL's programs.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Output;

use thiserror::Error;
use tokio::process::Command;

/// The user that runs the server when the proxy runs as root, which PostgreSQL refuses to.
pub(super) const SERVER_USER: &str = "postgres";

/// Why there is no PostgreSQL in this rehearsal.
#[derive(Debug, Error)]
pub(super) enum ClusterError {
    #[error(
        "PostgreSQL's programs (initdb, pg_ctl, postgres) were found neither on PATH nor in /usr/lib/postgresql/*/bin: \
         install PostgreSQL (on Debian, `apt-get install postgresql`) and start the rehearsal again"
    )]
    NotFound,
    #[error("{program} could not be started: {source}")]
    Start { program: String, source: io::Error },
    #[error("{program} failed ({status}): {output}")]
    Failed {
        program: String,
        status: String,
        output: String,
    },
    #[error("{what} failed: {source}")]
    Io { what: String, source: io::Error },
}

/// Whether the process in `postmaster.pid` is this cluster's server, and not one that got the same number since.
pub(super) fn server_runs(data: &Path) -> bool {
    let Ok(text) = std::fs::read_to_string(data.join("postmaster.pid")) else {
        return false;
    };
    let Some(pid) = text.lines().next().and_then(|line| line.trim().parse::<u32>().ok()) else {
        return false;
    };
    let Ok(command_line) = std::fs::read(format!("/proc/{pid}/cmdline")) else {
        return false;
    };
    let data = data.as_os_str().as_encoded_bytes();
    command_line.windows(data.len()).any(|window| window == data)
}

/// The folder that has all of PostgreSQL's programs: the first one on `PATH`, else the newest of the usual places.
pub(super) fn find_binaries() -> Option<PathBuf> {
    let complete = |folder: &PathBuf| {
        ["initdb", "pg_ctl", "postgres"]
            .iter()
            .all(|name| folder.join(name).is_file())
    };
    if let Some(path) = std::env::var_os("PATH")
        && let Some(found) = std::env::split_paths(&path).find(complete)
    {
        return Some(found);
    }
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    versions.sort();
    versions.into_iter().rev().map(|(_, folder)| folder).find(complete)
}

/// A port that is free at this moment.
pub(super) fn free_port() -> io::Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// Runs a program to its end.
pub(super) async fn run(command: &mut Command) -> Result<Output, ClusterError> {
    let standard = command.as_std();
    let program = std::iter::once(standard.get_program())
        .chain(standard.get_args())
        .map(OsStr::to_string_lossy)
        .find(|word| !["runuser", "-u", SERVER_USER, "--"].contains(&word.as_ref()))
        .map_or_else(String::new, std::borrow::Cow::into_owned);
    let output = command.output().await;
    succeeded(
        &program,
        output.map_err(|source| ClusterError::Start {
            program: program.clone(),
            source,
        })?,
    )
}

pub(super) fn succeeded(program: &str, output: Output) -> Result<Output, ClusterError> {
    if output.status.success() {
        return Ok(output);
    }
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).trim().replace('\n', "; ");
    Err(ClusterError::Failed {
        program: program.to_owned(),
        status: output.status.to_string(),
        output: said,
    })
}

/// For `map_err`: what was done when it failed.
pub(super) fn io_error(what: &str) -> impl FnOnce(io::Error) -> ClusterError {
    let what = what.to_owned();
    |source| ClusterError::Io { what, source }
}

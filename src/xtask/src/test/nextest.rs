//! Running the tests with cargo-nextest.

use std::fs;
use std::io::{BufReader, ErrorKind};
use std::process::{Command, Stdio};

use quick_junit::Report;

use super::results::{self, Listed, Ran};
use crate::command::Quiet;
use crate::error::XtaskError;
use crate::place::Place;
use crate::report::Progress;

/// Builds every test of the workspace, and gives those whose name contains a text.
pub fn build(place: &Place, only: Option<&str>) -> Result<Listed, XtaskError> {
    let quiet = Quiet::new(place, "building tests", place.nextest());
    let json = quiet
        .args(["nextest", "list", "--workspace", "--message-format", "json"])
        .env("CARGO_TERM_COLOR", "never")
        .run_for_stdout()?;
    results::listed(&json, only).map_err(|source| XtaskError::Unreadable {
        what: "The list of tests that nextest printed".to_owned(),
        source: source.into(),
    })
}

/// Runs the listed tests. What fails is on screen with its output when it fails, and in the JUnit report.
pub fn run(place: &Place, listed: &Listed, only: Option<&str>) -> Result<Ran, XtaskError> {
    if listed.wanted.is_empty() {
        return Ok(results::counted(listed, &Report::unnamed()));
    }
    let path = place.junit();
    // The report of an earlier run must not be taken for this one's.
    match fs::remove_file(&path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(XtaskError::file(&path, "removed")(error)),
        _ => {}
    }
    let mut command = Command::new(place.nextest());
    command
        .current_dir(&place.root)
        .args(["nextest", "run", "--workspace", "--status-level", "slow"])
        .args(["--final-status-level", "none", "--show-progress", "none"])
        .env("HOLDPOINT_BIN", place.holdpoint())
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null());
    if let Some(name) = only {
        command.args(["--", name]);
    }
    let progress = Progress::begin(format!("{} tests", listed.wanted.len()));
    let status = command.status().map_err(|source| XtaskError::Start {
        program: "cargo-nextest".to_owned(),
        source,
    })?;
    drop(progress);
    let file = fs::File::open(&path).map_err(XtaskError::file(&path, "read"))?;
    let report = Report::deserialize(BufReader::new(file)).map_err(|source| XtaskError::Unreadable {
        what: path.display().to_string(),
        source: source.into(),
    })?;
    let mut ran = results::counted(listed, &report);
    if !status.success() && ran.failures.is_empty() {
        ran.failures.push(format!(
            "`cargo nextest run` failed ({status}), though no test did; what it printed is above"
        ));
    }
    Ok(ran)
}

//! `cargo xtask bench`.

use std::process::Command;

use crate::error::XtaskError;
use crate::place::Place;

/// Measures beside a peer in the same run, and prints what the bench prints.
pub fn bench(place: &Place, what: &str) -> Result<(), XtaskError> {
    if what != "read" {
        return Err(XtaskError::UnknownBench(what.to_owned()));
    }
    let mut command = Command::new("cargo");
    command
        .current_dir(&place.root)
        .args(["bench", "--package", "holdpoint-domain", "--bench", what]);
    let status = command.status().map_err(|source| XtaskError::Start {
        program: "cargo".to_owned(),
        source,
    })?;
    if status.success() {
        return Ok(());
    }
    Err(XtaskError::Failed {
        what: format!("The bench “{what}”"),
        status: status.to_string(),
        log: place.logs(),
        tail: "(its output is above)".to_owned(),
    })
}

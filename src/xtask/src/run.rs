//! `cargo xtask run`.

use std::process::{Command, ExitCode};

use crate::command::Quiet;
use crate::error::XtaskError;
use crate::place::Place;
use crate::{page, prepare, proxy};

/// Sets everything up, builds it, and becomes `holdpoint serve --rehearsal` (or whatever was asked for).
pub fn run(place: &Place, arguments: &[String]) -> Result<ExitCode, XtaskError> {
    println!("Set-up");
    let tools = prepare::tools(place)?;
    Quiet::new(place, "crates", "cargo").args(["fetch"]).run()?;
    println!("Build");
    page::build(place, &tools)?.within_budget(&tools)?;
    proxy::build(place)?;
    let mut command = Command::new(place.holdpoint());
    if arguments.is_empty() {
        command
            .args(["serve", "--rehearsal", "--host", "127.0.0.1"])
            .arg("--runbooks")
            .arg(place.root.join("runbooks"))
            .arg("--data-dir")
            .arg(place.target.join("rehearsal"));
    } else {
        command.args(arguments);
    }
    println!("Start");
    start(command, place)
}

/// Replaces this program, so that signals reach the proxy and nothing stands between it and the terminal.
#[cfg(unix)]
fn start(mut command: Command, place: &Place) -> Result<ExitCode, XtaskError> {
    use std::os::unix::process::CommandExt;
    let source = command.exec();
    Err(XtaskError::Start {
        program: place.holdpoint().display().to_string(),
        source,
    })
}

#[cfg(not(unix))]
fn start(mut command: Command, place: &Place) -> Result<ExitCode, XtaskError> {
    let program = place.holdpoint().display().to_string();
    let status = command
        .status()
        .map_err(|source| XtaskError::Start { program, source })?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

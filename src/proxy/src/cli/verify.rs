//! `holdpoint verify FILE`.

use std::path::PathBuf;
use std::process::ExitCode;

use super::{CliError, print};

pub(super) fn verify(path: PathBuf) -> Result<ExitCode, CliError> {
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(source) => return Err(CliError::Read { path, source }),
    };
    match holdpoint_report::verify(&text) {
        Ok(verified) => {
            let (path, events, head) = (path.display(), verified.events, verified.head);
            let summary = if verified.otherwise_made.is_empty() {
                "a summary that follows from them, but for its number in the list, which no event holds"
            } else {
                "a summary of which parts are not what this version makes of them"
            };
            let mut report = format!(
                "{path}: {events} events, each sealed with the one before it, and {summary}; the last one's hash is {head}\n"
            );
            for one in verified.otherwise_made {
                report.push_str(&format!("{path}: warning: {one}\n"));
            }
            for one in verified.unproven {
                report.push_str(&format!("{path}: warning: {one}\n"));
            }
            print(&report)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(source) => Err(CliError::NotAsExported { path, source }),
    }
}

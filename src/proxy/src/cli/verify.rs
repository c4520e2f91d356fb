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
                "The summary follows from them."
            } else {
                "Parts of the summary are not what this version makes of them."
            };
            let mut report = format!(
                "{path}: Not altered: {events} {}, each follows from the one before; head hash {head}. {summary}\n",
                if events == 1 { "event" } else { "events" }
            );
            // The number in the list is in no event, and the rest of the id is.
            let number = format!(
                "The number {} in the report's id {} is the session's place in the list of its day, which no event holds.",
                verified.number, verified.id
            );
            for one in verified.otherwise_made {
                report.push_str(&format!("{path}: warning: {one}\n"));
            }
            for one in verified.unproven.iter().chain([&number]) {
                report.push_str(&format!("{path}: not proven: {one}\n"));
            }
            print(&report)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(source) => Err(CliError::NotAsExported { path, source }),
    }
}

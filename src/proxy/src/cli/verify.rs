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
            print(&format!(
                "{path}: {events} events, each as it was recorded; the last one's hash is {head}\n"
            ))?;
            Ok(ExitCode::SUCCESS)
        }
        Err(source) => Err(CliError::NotAsExported { path, source }),
    }
}

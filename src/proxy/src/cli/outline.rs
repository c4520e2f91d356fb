//! `holdpoint outline FILE`.

use std::path::Path;
use std::process::ExitCode;

use super::{CliError, print};
use crate::runbook_size;

pub(super) fn outline(file: &Path, json: bool) -> Result<ExitCode, CliError> {
    let bytes = runbook_size::read_bytes(file).map_err(|source| CliError::Read {
        path: file.to_owned(),
        source,
    })?;
    let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let mut outline = holdpoint_reader::outline(&runbook_size::read(&name, &bytes));
    // Of a runbook that is too large nothing was weighed.
    if bytes.len() <= runbook_size::MAX_BYTES {
        outline.reasons = holdpoint_reader::reasons(&name, &bytes);
    }
    let text = if json {
        serde_json::to_string_pretty(&outline).map_err(CliError::Json)? + "\n"
    } else {
        outline.to_text()
    };
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

//! `holdpoint outline FILE`.

use std::path::Path;
use std::process::ExitCode;

use super::{CliError, print};

pub(super) fn outline(file: &Path, json: bool) -> Result<ExitCode, CliError> {
    let bytes = std::fs::read(file).map_err(|source| CliError::Read {
        path: file.to_owned(),
        source,
    })?;
    let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let outline = holdpoint_reader::outline(&holdpoint_reader::read_bytes(&name, &bytes));
    let text = if json {
        serde_json::to_string_pretty(&outline).map_err(CliError::Json)? + "\n"
    } else {
        outline.to_text()
    };
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

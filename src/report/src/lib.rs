//! Exports: a session's log as a report, as data, and as a table. Each is a fold of the events and nothing else.

mod html;
mod markdown;
mod summary;
mod table;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use holdpoint_domain::session::{ChainError, Record, State, verify_records};
pub use summary::{Severity, Summary, summarise};

/// What the JSON export calls itself.
pub const FORMAT: &str = "holdpoint-session";
/// The version of the JSON export.
pub const FORMAT_VERSION: u64 = 1;

/// A format to export in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// An incident report ready to fill in.
    Md,
    /// Everything, with the chain: what `holdpoint verify` checks.
    Json,
    /// The timeline as a table.
    Csv,
    /// The report as a page of its own.
    Html,
}

impl Format {
    /// The media type of the export.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Md => "text/markdown; charset=utf-8",
            Self::Json => "application/json",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Html => "text/html; charset=utf-8",
        }
    }

    /// The ending of its file's name.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Md => "md",
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Html => "html",
        }
    }
}

/// Why nothing could be exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A log begins with the session's start.
    #[error("The log has no session start, so there is nothing to export.")]
    NoStart,
    /// A value could not be written as JSON.
    #[error("The log could not be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// A row could not be written as CSV.
    #[error("The log could not be written as CSV: {0}")]
    Csv(#[from] csv::Error),
    /// The table is not text.
    #[error("The table could not be written as text.")]
    Text,
}

/// Why a file is not the log that was exported.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// Not JSON at all.
    #[error("The file is not JSON: {0}")]
    NotJson(String),
    /// JSON, but not ours.
    #[error(
        "The file is not a Holdpoint JSON export (its “format” is not “{FORMAT}”, or its version is not {FORMAT_VERSION})."
    )]
    NotOurs,
    /// The chain does not hold.
    #[error("{0}")]
    Chain(#[from] ChainError),
    /// The last event is not the one that the file names as its head.
    #[error("The log ends with event {found}, but the file names event {named} as the last: events were cut off.")]
    Cut {
        /// The last event.
        found: u64,
        /// What the file names.
        named: u64,
    },
    /// The summary says something that the events do not.
    #[error("The summary at the head of the file was altered: it does not follow from the events.")]
    Summary,
}

/// What was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// How many events.
    pub events: u64,
    /// The hash of the last one.
    pub head: String,
}

/// Exports a session. `number` counts the sessions of its day from 1, and makes the report's id `YYYY-MM-DD-NN`.
///
/// # Errors
/// When the records are not a session's log.
pub fn export(records: &[Record], number: u32, format: Format) -> Result<String, ExportError> {
    let state = State::fold(records);
    let summary = summarise(&state, number).ok_or(ExportError::NoStart)?;
    match format {
        Format::Md => Ok(markdown::report(records, &state, &summary)),
        Format::Html => Ok(html::page(&markdown::report(records, &state, &summary), &summary)),
        Format::Csv => table::csv(records, &state),
        Format::Json => {
            let head = records.last().map(|last| json!({"seq": last.seq, "hash": last.hash}));
            let file = json!({
                "format": FORMAT,
                "version": FORMAT_VERSION,
                "rehearsal": summary.rehearsal,
                "summary": summary,
                "head": head,
                "events": records,
            });
            Ok(serde_json::to_string_pretty(&file)? + "\n")
        }
    }
}

/// Checks a JSON export: the chain, its end, and that the summary follows from the events.
///
/// # Errors
/// The first thing that is not as it was exported.
pub fn verify(text: &str) -> Result<Verified, VerifyError> {
    let file: Value = serde_json::from_str(text).map_err(|error| VerifyError::NotJson(error.to_string()))?;
    let ours = file.get("format").and_then(Value::as_str) == Some(FORMAT)
        && file.get("version").and_then(Value::as_u64) == Some(FORMAT_VERSION);
    let events = file
        .get("events")
        .and_then(Value::as_array)
        .filter(|_| ours)
        .ok_or(VerifyError::NotOurs)?;
    verify_records(events)?;
    let found = events.len() as u64;
    let head = file.get("head");
    let named = head.and_then(|head| head.get("seq")).and_then(Value::as_u64);
    let hash = events.last().and_then(|last| last.get("hash")).and_then(Value::as_str);
    if named != Some(found) || head.and_then(|head| head.get("hash")).and_then(Value::as_str) != hash {
        return Err(VerifyError::Cut {
            found,
            named: named.unwrap_or(0),
        });
    }
    let records: Vec<Record> = serde_json::from_value(Value::Array(events.clone()))
        .map_err(|error| VerifyError::NotJson(error.to_string()))?;
    let number = file
        .pointer("/summary/number")
        .and_then(Value::as_u64)
        .and_then(|number| u32::try_from(number).ok());
    let told = summarise(&State::fold(&records), number.unwrap_or(1)).ok_or(VerifyError::Summary)?;
    let told = serde_json::to_value(&told).map_err(|error| VerifyError::NotJson(error.to_string()))?;
    if file.get("summary") != Some(&told) || file.get("rehearsal") != told.get("rehearsal") {
        return Err(VerifyError::Summary);
    }
    Ok(Verified {
        events: found,
        head: hash.unwrap_or_default().to_owned(),
    })
}

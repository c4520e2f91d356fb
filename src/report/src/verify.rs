//! Whether an exported log was altered.

use serde_json::Value;

use crate::format::{FORMAT, FORMAT_VERSION};
use crate::header::report_header;
use holdpoint_domain::session::{ChainError, Record, State, verify_records};

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
    HeaderAltered,
}

/// What was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// How many events.
    pub events: u64,
    /// The hash of the last one.
    pub head: String,
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
    let told = report_header(&State::fold(&records), number.unwrap_or(1)).ok_or(VerifyError::HeaderAltered)?;
    let told = serde_json::to_value(&told).map_err(|error| VerifyError::NotJson(error.to_string()))?;
    if file.get("summary") != Some(&told) || file.get("rehearsal") != told.get("rehearsal") {
        return Err(VerifyError::HeaderAltered);
    }
    Ok(Verified {
        events: found,
        head: hash.unwrap_or_default().to_owned(),
    })
}

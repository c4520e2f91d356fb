//! Exporting a session's log.

use serde::Serialize;

use crate::error::ExportError;
use crate::format::{FORMAT, FORMAT_VERSION, Format};
use crate::header::{ReportHeader, report_header};
use crate::{html, markdown, table};
use holdpoint_domain::session::{Record, State};

/// Exports a session. `number` counts the sessions of its day from 1, and makes the report's id `YYYY-MM-DD-NN`.
///
/// # Errors
/// When the records are not a session's log.
pub fn export(records: &[Record], number: u32, format: Format) -> Result<String, ExportError> {
    let state = State::fold(records);
    let header = report_header(&state, number).ok_or(ExportError::NoStart)?;
    match format {
        Format::Md => Ok(markdown::report(records, &state, &header)),
        Format::Html => Ok(html::page(&markdown::report(records, &state, &header), &header)),
        Format::Csv => table::csv(records, &state),
        Format::Json => {
            let file = JsonExport {
                format: FORMAT,
                version: FORMAT_VERSION,
                rehearsal: header.rehearsal,
                summary: &header,
                head: records.last().map(|last| Head {
                    seq: last.seq,
                    hash: &last.hash,
                }),
                events: records,
            };
            Ok(serde_json::to_string_pretty(&file)? + "\n")
        }
    }
}

/// The JSON export. It is written from structs and not from a map, whose order depends on how serde_json was compiled.
#[derive(Serialize)]
struct JsonExport<'a> {
    format: &'a str,
    version: u64,
    rehearsal: bool,
    summary: &'a ReportHeader,
    head: Option<Head<'a>>,
    events: &'a [Record],
}

/// The log's last event.
#[derive(Serialize)]
struct Head<'a> {
    seq: u64,
    hash: &'a str,
}

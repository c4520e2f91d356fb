//! Exporting a session's log.

use serde::Serialize;

use crate::error::ExportError;
use crate::format::{FORMAT, FORMAT_VERSION, Format};
use crate::header::{ReportHeader, report_header};
use crate::linked::LinkedSessions;
use crate::{html, markdown, table, timeline_svg};
use holdpoint_domain::session::{Record, State};

/// Exports a session. `number` counts the sessions of its day from 1, and makes the report's id `YYYY-MM-DD-NN`.
/// `linked` is what the logs of linked sessions say; a link of the session's own events that is not in it is said not to be known.
///
/// # Errors
/// When the records are not a session's log.
pub fn export(records: &[Record], number: u32, linked: LinkedSessions, format: Format) -> Result<String, ExportError> {
    let state = State::fold(records);
    let header = report_header(records, &state, number).ok_or(ExportError::NoStart)?;
    let linked = linked.with_those_of(&header);
    let report = || markdown::report(records, &state, &header, &linked);
    match format {
        Format::Md => Ok(report().text()),
        Format::Html => Ok(html::page(&report(), &header, &timeline_svg::of(records, &linked))),
        Format::Csv => table::csv(records, &state, &linked),
        Format::Json => {
            let file = JsonExport {
                format: FORMAT,
                version: FORMAT_VERSION,
                rehearsal: header.rehearsal,
                summary: &header,
                linked: &linked,
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
    #[serde(skip_serializing_if = "LinkedSessions::is_empty")]
    linked: &'a LinkedSessions,
    head: Option<Head<'a>>,
    events: &'a [Record],
}

/// The log's last event.
#[derive(Serialize)]
struct Head<'a> {
    seq: u64,
    hash: &'a str,
}

//! Reports of sessions: an incident report (Markdown, HTML), everything with its proof (JSON), the timeline as a table (CSV); and
//! whether an exported log was altered.
//!
//! # Invariants
//! - **Pure.** No I/O, no clock, no random ids, no globals: the same records give the same bytes.
//! - **A fold of the events and nothing else.** What an export says follows from the log; [`verify`] finds a header that does not.
//! - **What people typed stays text.** It makes no markup in Markdown and HTML, no formula in a spreadsheet, and changes the order of nothing
//!   around it. JSON has it as it was typed.
//!
//! Modules depend on each other one way: `error, format, header, visible ← markdown, html, table ← export, verify`.
//!
//! Docs: what other crates call has one; a field or variant has one where its name does not say all (a unit, a bound, a source,
//! what absence means). Modules of plain data allow `missing_docs` for that.

mod error;
mod export;
mod format;
mod header;
mod html;
mod markdown;
mod table;
#[cfg(test)]
mod tests;
mod verify;
mod visible;

pub use error::ExportError;
pub use export::export;
pub use format::{FORMAT, FORMAT_VERSION, Format};
pub use header::{IncidentSeverity, ReportHeader, report_header};
pub use verify::{Verified, VerifyError, verify};

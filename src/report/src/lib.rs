//! Reports of sessions: an incident report (Markdown, HTML), everything with its proof (JSON), the timeline as a table (CSV), two of them compared; and
//! whether an exported log was altered.
//!
//! # Invariants
//! - **Pure.** No I/O, no clock, no random ids, no globals: the same records give the same bytes.
//! - **A fold of the events and nothing else.** What an export says follows from the log; [`verify`] tells of a header that does not.
//!   What it says of linked sessions follows from their logs, and stands apart.
//! - **What people typed stays text, and so does what platforms answered.** It makes no markup in Markdown and HTML, no formula in a
//!   spreadsheet, ends neither its fence nor its cell, and changes the order of nothing around it. JSON has it as it was.
//!
//! Modules depend on each other one way: `error, format, visible, tally, holds, severity ← header, escape, fence ← linked, evidence ←
//! timeline ← markdown ← html; table ← export; verify`. `timeline_svg` and `compare`, which draw and compare sessions, stand alone.
//!
//! Docs: what other crates call has one; a field or variant has one where its name does not say all (a unit, a bound, a source,
//! what absence means). Modules of plain data allow `missing_docs` for that.

pub mod compare;
mod error;
mod escape;
mod evidence;
mod export;
mod fence;
mod format;
mod header;
mod holds;
mod html;
mod linked;
mod markdown;
mod severity;
mod table;
mod tally;
#[cfg(test)]
mod tests;
mod timeline;
mod timeline_svg;
mod verify;

mod visible;

pub use error::ExportError;
pub use export::export;
pub use format::{FORMAT, FORMAT_VERSION, Format};
pub use header::{ReportHeader, WithoutPass, report_header};
pub use holds::{HoldEnd, HoldSpan};
pub use linked::{LinkedSession, LinkedSessions, LinkedStanding};
pub use severity::IncidentSeverity;
pub use tally::LeftOut;
pub use verify::{OtherwiseMade, Verified, VerifyError, verify};

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
//! - **No log is kept.** A log is read as often as an export needs it ([`Log`]); what is kept of it is what [`Folded`] has.
//!
//! Modules depend on each other one way: `log ← error; visible ← escape, fence; kept ← drill_fold; format, tally, holds, without_pass, severity, not_passed ←
//! fold, post_mortem ← header ← linked ← told ← drill, ending; evidence ← evidence_part ← paper ← timeline ← post_mortem_sections ← markdown ← html; table, json ← archive ←
//! export ← template; verify; facts; statistics; table ← incidents`.
//! `timeline_svg` and `compare`, which draw and compare sessions, stand alone.
//!
//! Docs: what other crates call has one; a field or variant has one where its name does not say all (a unit, a bound, a source,
//! what absence means). Modules of plain data allow `missing_docs` for that.

mod archive;
pub mod compare;
mod drill;
mod drill_fold;
mod ending;
mod error;
mod escape;
mod evidence;
mod evidence_part;
mod export;
mod facts;
mod fence;
mod fold;
mod format;
mod header;
mod holds;
mod html;
mod incidents;
mod json;
mod kept;
mod linked;
mod log;
mod markdown;
mod not_passed;
mod paper;
mod post_mortem;
mod post_mortem_sections;
mod severity;
mod statistics;
mod table;
mod tally;
mod template;
mod template_sample;
#[cfg(test)]
mod tests;
mod timeline;
mod timeline_svg;
mod told;
mod verify;
mod visible;
mod without_pass;

pub use error::ExportError;
pub use export::write_export;
pub use facts::session_facts;
pub use fold::{Folded, Head};
pub use format::{FORMAT, FORMAT_VERSION, Format};
pub use header::ReportHeader;
pub use holdpoint_domain::timeline::HoldEnd;
pub use holds::HoldSpan;
pub use incidents::{incidents_csv, incidents_md};
pub use linked::{LinkedSession, LinkedSessions, LinkedStanding};
pub use log::{Log, LogError, Records, Texts};
pub use post_mortem::{ActionLine, PostMortem, SaidSeverity, StarLine};
pub use severity::IncidentSeverity;
pub use statistics::StatisticsFold;
pub use tally::LeftOut;
pub use template::{ReportTemplate, TEMPLATE_LIMIT, TemplateError, TemplateExport, TemplateKind, export_by_template};
pub use verify::{OtherwiseMade, Verified, VerifiedArchive, VerifyError, verify, verify_archive, verify_from};
pub use without_pass::WithoutPass;

//! What exports are written of.

use crate::fold::Folded;
use crate::header::ReportHeader;
use crate::linked::LinkedSessions;
use crate::log::Log;

/// What a report is written of.
pub(super) struct Told<'a> {
    pub log: &'a dyn Log,
    pub folded: &'a Folded,
    pub header: &'a ReportHeader,
    pub linked: &'a LinkedSessions,
}

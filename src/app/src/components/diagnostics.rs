//! What a runbook's author should look at.

use holdpoint_domain::runbook::{Diagnostic, Severity};

use crate::components::dom::{El, el, phrase};
use crate::components::words::{Word, status};

/// The remarks, worst first; none when there are none.
pub fn diagnostics(list: Vec<Diagnostic>) -> Option<El> {
    let rank = |one: &Diagnostic| {
        let mildness = u8::from(one.severity < Severity::Error) + u8::from(one.severity < Severity::Warning);
        (mildness, one.place.key())
    };
    // They are few, and almost in order as they come, so each is put into its place one by one.
    let mut sorted: Vec<&Diagnostic> = Vec::new();
    for one in &list {
        let before = sorted.iter().rposition(|other| rank(other) <= rank(one));
        sorted.insert(before.map_or(0, |at| at + 1), one);
    }
    let row = |one: &&Diagnostic| {
        let (kind, word) = match one.severity {
            Severity::Error => (Word::NoGo, "ERROR"),
            Severity::Warning => (Word::Hold, "WARNING"),
            Severity::Info => (Word::Wait, "NOTE"),
        };
        let place = format!("line {}, column {}", one.place.line, one.place.column);
        el("li")
            .child(status(kind, word))
            .text(&format!(" {} ", one.message))
            .child(phrase("quiet small").text(&place))
    };
    let section = || {
        el("section")
            .class("diagnostics")
            .attr("aria-labelledby", "diagnostics-title")
            .child(
                el("h2")
                    .id("diagnostics-title")
                    .class("label")
                    .text("What was not understood"),
            )
            .child(el("ul").each(&sorted, row))
    };
    (!list.is_empty()).then(section)
}

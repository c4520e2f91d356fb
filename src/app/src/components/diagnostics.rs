//! What a runbook's author should look at.

use holdpoint_domain::order;
use holdpoint_domain::runbook::{Diagnostic, Severity};

use crate::components::dom::{El, el, phrase};
use crate::components::words::{Word, status};

/// The remarks, worst first; none when there are none.
pub fn diagnostics(list: Vec<Diagnostic>) -> Option<El> {
    let list = order::by_key(list, |one| one.place.key());
    let list = order::by_key(list, |one| {
        u64::from(one.severity < Severity::Error) + u64::from(one.severity < Severity::Warning)
    });
    let row = |one: &Diagnostic| {
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
            .child(el("ul").each(&list, row))
    };
    (!list.is_empty()).then(section)
}

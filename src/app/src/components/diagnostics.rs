//! What the reader remarks on a runbook.

use holdpoint_domain::runbook::{Diagnostic, Severity};
use leptos::prelude::*;

use crate::components::words::{StatusWord, Word};

/// The remarks, worst first.
#[component]
pub fn Diagnostics(
    /// In the order of the source.
    list: Vec<Diagnostic>,
) -> impl IntoView {
    let mut list = list;
    list.sort_by_key(|one| (std::cmp::Reverse(one.severity), one.place));
    let rows: Vec<_> = list
        .into_iter()
        .map(|one| {
            let (kind, word) = match one.severity {
                Severity::Error => (Word::NoGo, "ERROR"),
                Severity::Warning => (Word::Hold, "WARNING"),
                Severity::Info => (Word::Wait, "NOTE"),
            };
            let place = format!("line {}, column {}", one.place.line, one.place.column);
            view! { <li><StatusWord kind=kind text=word />" "{one.message}" "<span class="quiet small">{place}</span></li> }
        })
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <section class="diagnostics" aria-labelledby="diagnostics-title">
                <h2 id="diagnostics-title" class="label">"What was not understood"</h2>
                <ul>{rows}</ul>
            </section>
        }
    })
}

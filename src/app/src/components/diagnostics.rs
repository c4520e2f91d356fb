//! What a runbook's author should look at.

use std::cmp::Reverse;

use holdpoint_domain::runbook::{Diagnostic, Severity};
use leptos::prelude::*;

use crate::components::words::{StatusWord, Word};

/// The remarks, worst first; nothing where there are none.
#[component]
pub fn Diagnostics(mut list: Vec<Diagnostic>) -> impl IntoView {
    list.sort_by_key(|one| (Reverse(one.severity), one.place));
    let some = !list.is_empty();
    let rows = list.into_iter().map(|one| {
        let (kind, word) = match one.severity {
            Severity::Error => (Word::NoGo, "ERROR"),
            Severity::Warning => (Word::Hold, "WARNING"),
            Severity::Info => (Word::Wait, "NOTE"),
        };
        let place = format!("line {}, column {}", one.place.line, one.place.column);
        view! {
            <li>
                <StatusWord kind text=word />
                {format!(" {} ", one.message)}
                <span class="quiet small">{place}</span>
            </li>
        }
    });
    some.then(|| {
        view! {
            <section class="diagnostics" aria-labelledby="diagnostics-title">
                <h2 id="diagnostics-title" class="label">
                    "What was not understood"
                </h2>
                <ul role="list">{rows.collect_view()}</ul>
            </section>
        }
    })
}

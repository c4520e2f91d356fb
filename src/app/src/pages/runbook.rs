//! Runbook.

use leptos::prelude::*;

/// Runbook.
#[component]
pub fn RunbookPage() -> impl IntoView {
    view! { <h1>"Runbook"</h1> }
}

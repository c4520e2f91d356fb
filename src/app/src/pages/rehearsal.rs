//! Rehearsal.

use leptos::prelude::*;

/// Rehearsal.
#[component]
pub fn RehearsalPage() -> impl IntoView {
    view! { <h1>"Rehearsal"</h1> }
}

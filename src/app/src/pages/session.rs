//! Session.

use leptos::prelude::*;

/// Session.
#[component]
pub fn SessionPage() -> impl IntoView {
    view! { <h1>"Session"</h1> }
}

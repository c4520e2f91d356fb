//! Runbooks.

use leptos::prelude::*;

/// Runbooks.
#[component]
pub fn HomePage() -> impl IntoView {
    view! { <h1>"Runbooks"</h1> }
}

//! Not found.

use leptos::prelude::*;

/// Not found.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! { <h1>"Not found"</h1> }
}

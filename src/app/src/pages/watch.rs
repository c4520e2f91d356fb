//! Watch.

use leptos::prelude::*;

/// Watch.
#[component]
pub fn WatchPage() -> impl IntoView {
    view! { <h1>"Watch"</h1> }
}

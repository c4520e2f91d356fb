//! Start.

use leptos::prelude::*;

/// Start.
#[component]
pub fn StartPage() -> impl IntoView {
    view! { <h1>"Start"</h1> }
}

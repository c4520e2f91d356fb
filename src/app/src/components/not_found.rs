//! The page of an address that leads to nothing.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::components::title::PageTitle;

/// A wrong address is an error, and never quietly taken for another one.
#[component]
pub fn NotFound() -> impl IntoView {
    // Not the browser's own address: that one changes only after this page is drawn.
    let path = use_location().pathname;
    view! {
        <PageTitle text="Not found" />
        <main id="content" class="page lost" tabindex="-1">
            <p class="code">{path}</p>
            <h1>"There is nothing at this address"</h1>
            <p class="lead">
                "The session or the runbook may be on another Holdpoint, or a part of the address is missing. Check the link. Nothing was changed."
            </p>
            <div class="acts">
                <a class="btn primary" href="/">"Home"</a>
            </div>
        </main>
    }
}

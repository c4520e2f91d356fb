//! What an address leads to when there is nothing there.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::components::common::PageTitle;

/// There is no such page, runbook or session. A wrong address is never quietly taken for another one.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    // Not the browser's own address: that one changes only after this page is drawn.
    let path = use_location().pathname;
    view! {
        <PageTitle text="Not found" />
        <main id="content" class="page lost" tabindex="-1">
            <p class="code">{path}</p>
            <h1>"There is nothing at this address"</h1>
            <p class="lead">
                "The session or the runbook may be on another proxy, or a part of the address is missing. Check the link. Nothing was changed."
            </p>
            <div class="acts">
                <a class="btn primary" href="/">"Runbooks and sessions"</a>
            </div>
        </main>
    }
}

//! What an address leads to when there is nothing there.

use leptos::prelude::*;

use crate::components::common::PageTitle;

/// There is no such page, runbook or session. A wrong address is never quietly taken for another one.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    let path = window().location().pathname().unwrap_or_default();
    view! {
        <PageTitle text="Not found" />
        <main id="content" class="page lost" tabindex="-1">
            <p class="code">{path}</p>
            <h1>"There is nothing at this address"</h1>
            <p class="lead">
                "The session or the runbook may be on another proxy, or the address lost a part when it was copied. Nothing was changed."
            </p>
            <div class="acts"><a class="btn primary" href="/">"Runbooks and sessions"</a></div>
        </main>
    }
}

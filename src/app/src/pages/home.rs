//! The home page: sessions under way, and the runbooks that more can be started from.

use leptos::prelude::*;

use crate::api;
use crate::components::common::{EmptyState, PageTitle, show_load};
use crate::components::runbook_card::RunbookCard;
use crate::components::session_list::SessionList;
use crate::state::app::use_app;

/// The home page.
#[component]
pub fn HomePage() -> impl IntoView {
    let app = use_app();
    let sessions = LocalResource::new(api::sessions);
    let runbooks = LocalResource::new(api::runbooks);
    view! {
        <PageTitle text="Runbooks and sessions" />
        <main id="content" class="page home" tabindex="-1">
            <h1>"Runbooks and sessions"</h1>
            <section aria-labelledby="sessions-title">
                <h2 id="sessions-title">"Sessions"</h2>
                {move || show_load(
                    sessions.get(),
                    "the sessions",
                    Callback::new(move |()| sessions.refetch()),
                    |sessions| view! { <SessionList sessions=sessions now=Signal::derive(move || app.clock.now()) /> },
                )}
            </section>
            <section aria-labelledby="runbooks-title">
                <h2 id="runbooks-title">"Runbooks"</h2>
                {move || show_load(runbooks.get(), "the runbooks", Callback::new(move |()| runbooks.refetch()), |runbooks| {
                    let none = runbooks.is_empty();
                    let cards: Vec<_> = runbooks.into_iter().map(|runbook| view! { <RunbookCard runbook=runbook /> }).collect();
                    view! {
                        <div class="cards">{cards}</div>
                        {none.then(|| view! {
                            <EmptyState title="No runbooks">
                                <p class="quiet">
                                    "The folder that the proxy reads has no Markdown files. Start it with "
                                    <code>"holdpoint serve --runbooks DIR"</code>"."
                                </p>
                            </EmptyState>
                        })}
                    }
                })}
            </section>
        </main>
    }
}

//! The home page: sessions under way, and the runbooks that more can be started from.

use holdpoint_domain::wire::RunbookBrief;
use leptos::prelude::*;
use leptos_use_interval_fn::use_interval_fn;

use crate::api::{self, ApiError};
use crate::components::loading::{EmptyState, Loaded};
use crate::components::runbook_card::RunbookCard;
use crate::components::session_list::SessionList;
use crate::components::title::PageTitle;
use crate::state::app::use_app;

/// Milliseconds until the sessions are fetched again.
const REFRESH_MS: u64 = 10_000;

/// `/`.
#[component]
pub fn HomePage() -> impl IntoView {
    let sessions = LocalResource::new(api::sessions);
    // How a session stands is not to be shown for long after it was so.
    use_interval_fn(move || sessions.refetch(), REFRESH_MS);
    let runbooks = LocalResource::new(api::runbooks);
    let now = use_app().clock.signal();
    view! {
        <PageTitle text="Runbooks and sessions" />
        <main id="content" class="page home" tabindex="-1">
            <h1>"Runbooks and sessions"</h1>
            <section aria-labelledby="sessions-title">
                <h2 id="sessions-title">"Sessions"</h2>
                <Loaded resource=sessions what="the sessions" let:sessions>
                    <SessionList sessions now />
                </Loaded>
            </section>
            <section aria-labelledby="runbooks-title">
                <h2 id="runbooks-title">"Runbooks"</h2>
                <Loaded resource=runbooks what="the runbooks" let:runbooks>
                    <RunbookCards runbooks />
                </Loaded>
            </section>
            <section aria-labelledby="browser-title">
                <h2 id="browser-title">"This browser"</h2>
                <SignOut />
            </section>
        </main>
    }
}

/// Two buttons, and what became of the last click if it failed. When it worked, the whole page becomes the way in.
#[component]
fn SignOut() -> impl IntoView {
    let app = use_app();
    let error = RwSignal::new(None::<ApiError>);
    let sign_out = move |all| {
        leptos::task::spawn_local(async move {
            match api::sign_out(all).await {
                Ok(()) | Err(ApiError::SignedOut) => app.load_me(),
                Err(failed) => error.set(Some(failed)),
            }
        });
    };
    view! {
        <p>
            <button type="button" class="btn small" on:click=move |_| sign_out(false)>"Sign out"</button>
            " "
            <button type="button" class="btn small" on:click=move |_| sign_out(true)>"Sign out every browser"</button>
        </p>
        {move || error.get().map(|error| view! { <p role="alert">{error.to_string()}</p> })}
    }
}

#[component]
fn RunbookCards(runbooks: Vec<RunbookBrief>) -> impl IntoView {
    if runbooks.is_empty() {
        return view! {
            <EmptyState title="No runbooks">
                <p class="quiet">
                    "The folder that Holdpoint reads has no Markdown files. Start Holdpoint with "
                    <code>"holdpoint serve --runbooks DIR"</code> "."
                </p>
            </EmptyState>
        }
        .into_any();
    }
    let cards = runbooks.into_iter().map(|runbook| view! { <RunbookCard runbook /> });
    view! { <div class="cards">{cards.collect_view()}</div> }.into_any()
}

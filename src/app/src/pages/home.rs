//! The home page: sessions under way, and the runbooks that more can be started from.

use leptos::prelude::*;

use crate::cells::Read;
use crate::api;
use crate::components::common::{PageTitle, empty, show_load};
use crate::components::dom::el;
use crate::components::runbook_card::runbook_card;
use crate::components::session_list::SessionList;
use crate::state::app::use_app;
use crate::state::fetch::Fetch;

/// The home page.
#[component]
pub fn HomePage() -> impl IntoView {
    let app = use_app();
    let sessions = Fetch::new(api::sessions);
    let runbooks = Fetch::new(api::runbooks);
    view! {
        <PageTitle text="Runbooks and sessions" />
        <main id="content" class="page home" tabindex="-1">
            <h1>"Runbooks and sessions"</h1>
            <section aria-labelledby="sessions-title">
                <h2 id="sessions-title">"Sessions"</h2>
                {move || show_load(
                    sessions.get(),
                    "the sessions",
                    Callback::new(move |()| sessions.again()),
                    |sessions| view! { <SessionList sessions=sessions now=Read::derive(move || app.clock.now()) /> },
                )}
            </section>
            <section aria-labelledby="runbooks-title">
                <h2 id="runbooks-title">"Runbooks"</h2>
                {move || show_load(runbooks.get(), "the runbooks", Callback::new(move |()| runbooks.again()), |runbooks| {
                    if runbooks.is_empty() {
                        let words = el("p")
                            .class("quiet")
                            .text("The folder that the proxy reads has no Markdown files. Start it with ")
                            .child(el("code").text("holdpoint serve --runbooks DIR"))
                            .text(".");
                        return empty("No runbooks", words).view();
                    }
                    el("div").class("cards").children(runbooks.into_iter().map(runbook_card)).view()
                })}
            </section>
        </main>
    }
}

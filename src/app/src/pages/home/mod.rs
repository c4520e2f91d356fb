//! The home page: what is under way, then what can be started.

mod books;
mod browser;
mod choices;
mod emergencies;
mod offers;
mod sessions;
mod start;

use leptos::prelude::*;
use leptos_use_interval_fn::use_interval_fn;

use crate::api;
use crate::components::title::PageTitle;
use browser::ThisBrowser;
use offers::provide_offers;
use sessions::{Ended, UnderWay};
use start::StartSomething;

/// Milliseconds until the sessions are fetched again.
const REFRESH_MS: u64 = 10_000;

/// `/`.
#[component]
pub fn HomePage() -> impl IntoView {
    let sessions = LocalResource::new(api::sessions);
    // How a session stands is not to be shown for long after it was so.
    use_interval_fn(move || sessions.refetch(), REFRESH_MS);
    let runbooks = LocalResource::new(api::runbooks);
    provide_offers(sessions, runbooks);
    view! {
        <PageTitle text="Home" />
        <main id="content" class="page home" tabindex="-1">
            <h1 class="sr-only">"Home"</h1>
            <UnderWay />
            <StartSomething />
            <Ended />
            <ThisBrowser />
        </main>
    }
}

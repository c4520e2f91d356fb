//! The page's frame: what every page shares, and which page a path shows.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::path;

use crate::components::shell::{SignInNeeded, SiteHeader, SkipLink};
use crate::pages::home::HomePage;
use crate::pages::not_found::NotFoundPage;
use crate::pages::palette::Palette;
use crate::pages::rehearsal::RehearsalPage;
use crate::pages::runbook::RunbookPage;
use crate::pages::session::SessionPage;
use crate::pages::start::StartPage;
use crate::pages::watch::WatchPage;
use crate::state::app::provide_app;

/// The whole page.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let app = provide_app();
    view! {
        <Title text=move || format!("{} · Holdpoint", app.title.get()) />
        <Router>
            <SkipLink />
            <SiteHeader />
            <Show when=move || !app.signed_out.get() fallback=|| view! { <SignInNeeded /> }>
                <FlatRoutes fallback=NotFoundPage>
                    <Route path=path!("/") view=HomePage />
                    <Route path=path!("/runbooks/:name") view=RunbookPage />
                    <Route path=path!("/runbooks/:name/start/:procedure") view=StartPage />
                    <Route path=path!("/sessions/:id") view=SessionPage />
                    <Route path=path!("/watch/:id") view=WatchPage />
                    <Route path=path!("/rehearsal") view=RehearsalPage />
                </FlatRoutes>
                <Palette />
            </Show>
        </Router>
    }
}

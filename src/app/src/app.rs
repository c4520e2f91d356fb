//! The page's frame: what every page shares, and which page a path shows.

use leptos::prelude::*;
use leptos_router::components::{Route, Router, Routes};
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
use crate::state::app::AppState;

/// The whole page.
#[component]
pub fn App() -> impl IntoView {
    let app = AppState::start();
    provide_context(app);
    view! {
        <Router>
            <SkipLink />
            <SiteHeader
                rehearsal=Signal::derive(move || app.rehearsal())
                theme=Signal::derive(move || app.settings.theme())
                on_theme=Callback::new(move |theme| app.settings.set_theme(theme))
                on_palette=Callback::new(move |()| app.palette.set(true))
            />
            <Show
                when=move || !app.signed_out()
                fallback=move || view! { <SignInNeeded retry=Callback::new(move |()| app.ask_me()) /> }
            >
                <Routes fallback=|| view! { <NotFoundPage /> }>
                    <Route path=path!("/") view=HomePage />
                    <Route path=path!("/runbooks/:name") view=RunbookPage />
                    <Route path=path!("/runbooks/:name/start/:procedure") view=StartPage />
                    <Route path=path!("/sessions/:id") view=SessionPage />
                    <Route path=path!("/watch/:id") view=WatchPage />
                    <Route path=path!("/rehearsal") view=RehearsalPage />
                </Routes>
                <Palette app=app />
            </Show>
        </Router>
    }
}

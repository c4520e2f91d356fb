//! The page's frame: what every page shares, and which page a path shows.

use leptos::prelude::*;

use crate::cells::{Derived, Read};
use crate::components::shell::{SignInNeeded, SiteHeader, SkipLink};
use crate::pages::home::home_page;
use crate::pages::not_found::NotFoundPage;
use crate::pages::palette::Palette;
use crate::pages::rehearsal::RehearsalPage;
use crate::pages::runbook::runbook_page;
use crate::pages::session::SessionPage;
use crate::pages::start::start_page;
use crate::pages::watch::WatchPage;
use crate::route::Route;
use crate::state::app::AppState;

/// The whole page.
#[component]
pub fn App() -> impl IntoView {
    let app = AppState::start();
    provide_context(app);
    let route = app.router.route();
    // The page is drawn again only when this changes, not with every answer about who is signed in.
    let signed_out = Derived::new(move |()| app.signed_out());
    view! {
        <SkipLink path=Read::derive(move || app.router.path()) />
        <SiteHeader
            rehearsal=Read::derive(move || app.rehearsal())
            theme=Read::derive(move || app.settings.theme())
            on_theme=Callback::new(move |theme| app.settings.set_theme(theme))
            on_palette=Callback::new(move |()| app.palette.set(true))
            path=Read::derive(move || app.router.path())
        />
        {move || if signed_out.get() {
            view! { <SignInNeeded retry=Callback::new(move |()| app.ask_me()) /> }.into_any()
        } else {
            page(app, route.get())
        }}
        <Palette app=app />
    }
}

fn page(app: AppState, route: Route) -> AnyView {
    match route {
        Route::Home => home_page(app).view().into_any(),
        Route::Runbook(name) => runbook_page(app, name).view().into_any(),
        Route::Start(runbook, procedure) => start_page(app, runbook, procedure).view().into_any(),
        Route::Session(id) => view! { <SessionPage id=id /> }.into_any(),
        Route::Watch(id) => view! { <WatchPage id=id /> }.into_any(),
        Route::Rehearsal => view! { <RehearsalPage /> }.into_any(),
        Route::Unknown => view! { <NotFoundPage /> }.into_any(),
    }
}

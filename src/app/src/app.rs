//! The page's frame: what every page shares, and which page a path shows.

use leptos::prelude::*;

use crate::cells::{Callback, Derived, Read};
use crate::components::dom::{El, div};
use crate::components::shell::{HeaderSignals, sign_in_needed, site_header, skip_link};
use crate::pages::home::home_page;
use crate::pages::not_found::not_found_page;
use crate::pages::palette::palette;
use crate::pages::rehearsal::rehearsal_page;
use crate::pages::runbook::runbook_page;
use crate::pages::session::session_page;
use crate::pages::start::start_page;
use crate::pages::watch::watch_page;
use crate::route::Route;
use crate::state::app::AppState;

/// Puts the whole page together.
pub fn app() {
    let app = AppState::start();
    let route = app.router.route();
    let signals = HeaderSignals {
        rehearsal: Read::derive(move || app.rehearsal()),
        theme: Read::derive(move || app.settings.theme()),
        path: Read::derive(move || app.router.path()),
    };
    let on_theme = Callback::new(move |theme| app.settings.set_theme(theme));
    let on_palette = Callback::new(move |()| app.palette.set(true));
    // The page is drawn again only when this changes, not with every answer about who is signed in.
    let signed_out = Derived::new(move |()| app.signed_out());
    let content = div("contents").live_children(move || {
        vec![if signed_out.get() {
            sign_in_needed(Callback::new(move |()| app.ask_me()))
        } else {
            let route = route.get();
            // What a page reads while it is put together is no reason to put it together again.
            untrack(|| page(app, route))
        }]
    });
    for part in [
        skip_link(signals.path),
        site_header(signals, on_theme, on_palette),
        content,
        palette(app),
    ] {
        part.stay();
    }
}

fn page(app: AppState, route: Route) -> El {
    match route {
        Route::Home => home_page(app),
        Route::Runbook(name) => runbook_page(app, name),
        Route::Start(runbook, procedure) => start_page(app, runbook, procedure),
        Route::Session(id) => session_page(app, &id),
        Route::Watch(id) => watch_page(app, &id),
        Route::Rehearsal => rehearsal_page(),
        Route::Unknown => not_found_page(),
    }
}

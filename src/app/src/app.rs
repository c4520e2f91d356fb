//! The routes, and what stands around every page.

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::path;

use crate::components::attention::{LiveRegion, Told, provide_attention};
use crate::components::keys::SingleKeys;
use crate::components::not_found::NotFound;
use crate::components::title::TitleProvider;
use crate::pages::compare::ComparePage;
use crate::pages::gates::GatesPage;
use crate::pages::history::HistoryPage;
use crate::pages::home::HomePage;
use crate::pages::incidents::IncidentsPage;
use crate::pages::rehearsal::RehearsalPage;
use crate::pages::replay::ReplayPage;
use crate::pages::runbook::RunbookPage;
use crate::pages::session::SessionPage;
use crate::pages::session::post_mortem::PostMortemPage;
use crate::pages::start::StartPage;
use crate::pages::watch::WatchPage;
use crate::shell::palette::Palette;
use crate::shell::{PageChanges, SignInNeeded, SiteHeader, SkipLink};
use crate::state::app::provide_app;

#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let app = provide_app();
    provide_attention();
    provide_context(SingleKeys(Signal::derive(move || app.settings.single_keys())));
    view! {
        <TitleProvider>
            <Router>
                <SkipLink />
                <SiteHeader />
                <LiveRegion />
                <Told />
                <PageChanges />
                <Show when=move || !app.signed_out.get() fallback=|| view! { <SignInNeeded /> }>
                    <FlatRoutes fallback=NotFound>
                        <Route path=path!("/") view=HomePage />
                        <Route path=path!("/runbooks/:name") view=RunbookPage />
                        <Route path=path!("/runbooks/:name/start/:procedure") view=StartPage />
                        <Route path=path!("/sessions") view=HistoryPage />
                        <Route path=path!("/sessions/:id") view=SessionPage />
                        <Route path=path!("/sessions/:id/post-mortem") view=PostMortemPage />
                        <Route path=path!("/incidents") view=IncidentsPage />
                        <Route path=path!("/sessions/:id/replay") view=ReplayPage />
                        <Route path=path!("/sessions/:id/compare") view=ComparePage />
                        <Route path=path!("/watch/:id") view=WatchPage />
                        <Route path=path!("/gates") view=GatesPage />
                        <Route path=path!("/rehearsal") view=RehearsalPage />
                    </FlatRoutes>
                    <Palette />
                </Show>
            </Router>
        </TitleProvider>
    }
}

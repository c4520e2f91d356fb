//! The captain's view of a session.

mod actions;
mod address;
mod announce;
mod declaration;
mod dialogs;
mod done;
mod drill;
mod earlier_runs;
mod elsewhere;
mod end_dialogs;
mod evidence;
mod find;
mod gate_output;
mod gate_panel;
mod gate_table;
mod gate_words;
mod gates;
mod head;
mod keys;
mod linked;
mod log;
mod name;
mod not_followed;
mod notices;
mod outline;
pub mod post_mortem;
mod refused;
mod rollback;
mod step;
mod track;
mod troubleshooting;
mod ui;
mod undone;
mod unsent;
mod watch_next;
mod way_back;
mod work;

use holdpoint_domain::session::SessionId;
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::{use_params, use_params_map};
use leptos_router::params::Params;

use crate::api::ApiError;
use crate::components::loading::{LoadError, Loading};
use crate::components::not_found::NotFound;
use crate::components::title::PageTitle;
use crate::state::session::{Load, Mode, provide_session, use_session};
use announce::announce;
use dialogs::Dialogs;
use done::DonePanel;
use evidence::open_linked_evidence;
use find::offer_to_palette;
use head::SessionHead;
use keys::listen_to_keys;
use linked::{provide_linked, use_linked};
use log::Log;
use notices::{Connection, HoldNotice};
use outline::Outline;
use refused::Refused;
use rollback::RollbackNotice;
use step::StepView;
use troubleshooting::Troubleshooting;
use ui::provide_ui;
use undone::ToUndoHere;
use way_back::{WayBackCalm, WayBackNear};

#[derive(Clone, Debug, PartialEq, Params)]
struct SessionParams {
    id: Option<SessionId>,
}

/// The page of a session. Going from one session to another keeps the route, so the page is made anew when the id changes.
#[component]
pub fn SessionPage() -> impl IntoView {
    let params = use_params::<SessionParams>();
    let id = Memo::new(move |_| params.with(|params| params.as_ref().ok().and_then(|params| params.id)));
    move || match id.get() {
        Some(id) => view! { <Followed id /> }.into_any(),
        None => view! { <BadId /> }.into_any(),
    }
}

/// An address that names no session is an error, and never some other session.
#[component]
fn BadId() -> impl IntoView {
    let params = use_params_map();
    let id = move || params.with(|params| params.get("id"));
    view! {
        <PageTitle text="No such session" />
        <main id="content" class="page" tabindex="-1">
            <h1>"No such session"</h1>
            <p class="lead">
                "“"{id}"” is not the id of a session. Check the link, or choose a session from the list."
            </p>
            <ToTheList />
        </main>
    }
}

#[component]
fn ToTheList() -> impl IntoView {
    view! { <p><A href="/" attr:class="btn">"Home"</A></p> }
}

#[component]
fn Followed(id: SessionId) -> impl IntoView {
    let session = provide_session(id, Mode::Captain);
    // Ready again, after another look at the proxy, draws nothing anew.
    let load = Memo::new(move |_| session.load.get());
    let content = move || match load.get() {
        Load::Ready => view! { <Ready /> }.into_any(),
        Load::Loading => view! { <SessionLoading /> }.into_any(),
        Load::Failed(ApiError::NotFound { .. }) => view! { <NotFound /> }.into_any(),
        Load::Failed(error) => view! { <NotLoaded error /> }.into_any(),
    };
    view! { <div class="session-page" class:old=move || !session.is_live()>{content}</div> }
}

#[component]
fn SessionLoading() -> impl IntoView {
    view! {
        <PageTitle text="Session" />
        <main id="content" class="page" tabindex="-1">
            <h1>"Session"</h1>
            <Loading what="the session" />
        </main>
    }
}

#[component]
fn NotLoaded(error: ApiError) -> impl IntoView {
    view! {
        <PageTitle text="Session not loaded" />
        <main id="content" class="page" tabindex="-1">
            <h1>"Session not loaded"</h1>
            <LoadError error />
            <ToTheList />
        </main>
    }
}

#[component]
fn Ready() -> impl IntoView {
    let session = use_session();
    provide_linked();
    let ui = provide_ui();
    offer_to_palette(ui);
    let stands = use_linked().stands;
    listen_to_keys();
    announce();
    open_linked_evidence();
    let procedure = session.with_untracked(|state| state.procedure.as_ref().map(|procedure| procedure.title.clone()));
    let procedure = procedure.unwrap_or_else(|| "Session".to_owned());
    let title = move || match session.is_lost() {
        true => format!("Not connected: {procedure}"),
        false => format!("{} {procedure}", stands.get().word().1),
    };
    let shown = move || match ui.shown.get() {
        Some(id) => view! { <StepView id /> }.into_any(),
        None => view! { <DonePanel /> }.into_any(),
    };
    view! {
        <PageTitle text=title />
        <SessionHead />
        <HoldNotice />
        <Troubleshooting />
        <RollbackNotice />
        <Connection />
        <Refused />
        <div class="desk">
            <Outline />
            <main id="content" class="work" tabindex="-1">
                <WayBackNear />
                {shown}
                <WayBackCalm />
                <ToUndoHere />
            </main>
            <Log />
        </div>
        <Dialogs />
    }
}

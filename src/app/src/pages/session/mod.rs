//! The captain's view of a session.

mod actions;
mod desk;
mod dialogs;
mod gates;
mod head;
mod keys;
mod notices;
mod step_view;

use holdpoint_domain::session::SessionId;
use leptos::prelude::*;

use crate::cells::Derived;
use crate::components::common::{LoadError, Loading, PageTitle};
use crate::state::app::use_app;
use crate::state::load::Load;
use crate::state::session::{Mode, SessionStore};
use desk::{Desk, DeskView};

/// The page of a session.
#[component]
pub fn SessionPage(
    /// What the address names.
    id: String,
) -> impl IntoView {
    match id.parse::<SessionId>() {
        Ok(id) => view! { <Followed id=id /> }.into_any(),
        Err(_) => view! { <BadId text=id /> }.into_any(),
    }
}

/// An address that names no session is an error, and never some other session.
#[component]
fn BadId(text: String) -> impl IntoView {
    view! {
        <PageTitle text="No such session" />
        <main id="content" class="page" tabindex="-1">
            <h1>"No such session"</h1>
            <p class="lead">"“"{text}"” is not the id of a session. Check the link, or choose a session from the list."</p>
            <p><a class="btn" href="/">"Runbooks and sessions"</a></p>
        </main>
    }
}

#[component]
fn Followed(id: SessionId) -> impl IntoView {
    let app = use_app();
    let store = SessionStore::follow(app, id, Mode::Captain);
    let load = Derived::new(move |()| store.load());
    move || match load.get() {
        Load::Ready(()) => view! { <DeskView desk=Desk::new(app, store) /> }.into_any(),
        Load::Loading => view! {
            <PageTitle text="Session" />
            <main id="content" class="page" tabindex="-1"><h1>"Session"</h1><Loading what="the session" /></main>
        }
        .into_any(),
        Load::Failed(error) => view! {
            <PageTitle text="Session not loaded" />
            <main id="content" class="page" tabindex="-1">
                <h1>"Session not loaded"</h1>
                <LoadError error=error />
                <p><a class="btn" href="/">"Runbooks and sessions"</a></p>
            </main>
        }
        .into_any(),
    }
}

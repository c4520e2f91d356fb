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
use crate::components::common::{load_error, loading, page_main, page_title};
use crate::components::dom::{El, div, el, paragraph};
use crate::state::app::AppState;
use crate::state::load::Load;
use crate::state::session::{Mode, SessionStore};
use desk::{Desk, desk_view};

/// The page of a session.
pub fn session_page(app: AppState, id: &str) -> El {
    match id.parse::<SessionId>() {
        Ok(id) => followed(app, id),
        Err(_) => bad_id(id),
    }
}

fn to_the_list() -> El {
    el("p").child(el("a").class("btn").attr("href", "/").text("Runbooks and sessions"))
}

/// An address that names no session is an error, and never some other session.
fn bad_id(text: &str) -> El {
    page_title("No such session");
    let words = format!("“{text}” is not the id of a session. Check the link, or choose a session from the list.");
    page_main("page")
        .child(el("h1").text("No such session"))
        .child(paragraph("lead").text(&words))
        .child(to_the_list())
}

fn followed(app: AppState, id: SessionId) -> El {
    let store = SessionStore::follow(app, id, Mode::Captain);
    let load = Derived::new(move |()| store.load());
    let content = move || match load.get() {
        Load::Ready(()) => untrack(|| desk_view(Desk::new(app, store))),
        Load::Loading => {
            page_title("Session");
            vec![
                page_main("page")
                    .child(el("h1").text("Session"))
                    .child(loading("the session")),
            ]
        }
        Load::Failed(error) => {
            page_title("Session not loaded");
            let page = page_main("page").child(el("h1").text("Session not loaded"));
            vec![page.child(load_error(&error, None)).child(to_the_list())]
        }
    };
    div("session-page").live_children(content)
}

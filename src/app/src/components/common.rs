//! What every page needs: its title, and the states of something that is being fetched.

use leptos::prelude::*;

use crate::api::ApiError;
use crate::cells::{Callback, Value};
use crate::components::dom::{El, button, div, el, paragraph};
use crate::components::words::{Word, status};
use crate::state::fetch::Fetch;
use crate::state::load::Load;

/// Sets the document's title.
pub fn page_title(text: &str) {
    document().set_title(&format!("{text} · Holdpoint"));
}

/// A page's content, with its heading and further classes.
pub fn page_main(classes: &str) -> El {
    el("main").id("content").class(classes).attr("tabindex", "-1")
}

/// Something is on its way.
pub fn loading(what: &str) -> El {
    paragraph("loading")
        .role("status")
        .child(status(Word::Run, &format!("Loading {what}…")))
}

/// Something could not be loaded.
pub fn load_error(error: &ApiError, retry: Option<Callback<()>>) -> El {
    let told = div("load-error")
        .role("alert")
        .child(el("p").child(status(Word::NoGo, "NOT LOADED")))
        .child(el("p").text(&error.to_string()));
    match retry {
        Some(retry) => told.child(button("btn").text("Try again").on_click(move || retry.run(()))),
        None => told,
    }
}

/// There is nothing yet, and what to do about it.
pub fn empty(title: &str, what_to_do: El) -> El {
    div("empty")
        .child(paragraph("empty-title").text(title))
        .child(what_to_do)
}

/// Shows what is being fetched, as it stands now.
pub fn show_fetched<T: Value>(fetch: Fetch<T>, what: &str, ready: impl FnOnce(&T) -> Vec<El>) -> Vec<El> {
    fetch.with(|load| match load {
        Load::Loading => vec![loading(what)],
        Load::Failed(error) => vec![load_error(error, Some(Callback::new(move |()| fetch.again())))],
        Load::Ready(value) => ready(value),
    })
}

/// Shows what is being fetched in whichever of its three states it is.
pub fn show_load<T>(load: Load<T>, what: &str, retry: Callback<()>, ready: impl FnOnce(T) -> Vec<El>) -> Vec<El> {
    match load {
        Load::Loading => vec![loading(what)],
        Load::Failed(error) => vec![load_error(&error, Some(retry))],
        Load::Ready(value) => ready(value),
    }
}

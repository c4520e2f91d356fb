//! What every page needs: its title, and the states of something that is being fetched.

use leptos::prelude::*;

use crate::api::ApiError;
use crate::cells::Read;
use crate::components::dom::{El, el};
use crate::components::words::{Word, status};
use crate::state::load::Load;

/// Sets the document's title.
#[component]
pub fn PageTitle(#[prop(into)] text: Read<String>) -> impl IntoView {
    Effect::new(move || document().set_title(&format!("{} · Holdpoint", text.get())));
}

/// Something is on its way.
#[component]
pub fn Loading(
    /// What is being loaded: `the runbooks`.
    #[prop(into)]
    what: String,
) -> impl IntoView {
    let words = format!("Loading {what}…");
    el("p").class("loading").attr("role", "status").child(status(Word::Run, &words)).view()
}

/// Something could not be loaded.
#[component]
pub fn LoadError(
    /// Why.
    error: ApiError,
    /// Tries again.
    #[prop(optional, into)]
    retry: Option<Callback<()>>,
) -> impl IntoView {
    let told = el("div")
        .class("load-error")
        .attr("role", "alert")
        .child(el("p").child(status(Word::NoGo, "NOT LOADED")))
        .child(el("p").text(&error.to_string()));
    match retry {
        Some(retry) => {
            let again = el("button").attr("type", "button").class("btn").text("Try again");
            told.child(again.on("click", move |_| retry.run(()))).view()
        }
        None => told.view(),
    }
}

/// There is nothing yet, and what to do about it.
pub fn empty(title: &str, what_to_do: El) -> El {
    el("div").class("empty").child(el("p").class("empty-title").text(title)).child(what_to_do)
}

/// Shows what is being fetched in whichever of its three states it is.
pub fn show_load<T, V>(
    load: Load<T>,
    what: &'static str,
    retry: Callback<()>,
    ready: impl FnOnce(T) -> V,
) -> AnyView
where
    V: IntoView + 'static,
{
    match load {
        Load::Loading => view! { <Loading what=what /> }.into_any(),
        Load::Failed(error) => view! { <LoadError error=error retry=retry /> }.into_any(),
        Load::Ready(value) => ready(value).into_any(),
    }
}

//! What every page needs: its title, and the states of something that is being fetched.

use leptos::prelude::*;

use crate::api::ApiError;
use crate::state::load::Load;

/// Sets the document's title.
#[component]
pub fn PageTitle(#[prop(into)] text: Signal<String>) -> impl IntoView {
    Effect::new(move || document().set_title(&format!("{} · Holdpoint", text.get())));
}

/// Something is on its way.
#[component]
pub fn Loading(
    /// What is being loaded: `the runbooks`.
    #[prop(into)]
    what: String,
) -> impl IntoView {
    view! { <p class="loading" role="status"><span class="word run">{format!("Loading {what}…")}</span></p> }
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
    view! {
        <div class="load-error" role="alert">
            <p><span class="word nogo">"NOT LOADED"</span></p>
            <p>{error.to_string()}</p>
            {retry.map(|retry| view! { <button class="btn" on:click=move |_| retry.run(())>"Try again"</button> })}
        </div>
    }
}

/// There is nothing yet, and what to do about it.
#[component]
pub fn EmptyState(
    /// What is missing.
    #[prop(into)]
    title: String,
    /// What to do.
    children: Children,
) -> impl IntoView {
    view! { <div class="empty"><p class="empty-title">{title}</p>{children()}</div> }
}

/// Shows what is being fetched in whichever of its three states it is.
pub fn show_load<T, V>(
    load: Option<Result<T, ApiError>>,
    what: &'static str,
    retry: Callback<()>,
    ready: impl FnOnce(T) -> V,
) -> AnyView
where
    V: IntoView + 'static,
{
    let load = load.map_or(Load::Loading, Load::from);
    match load {
        Load::Loading => view! { <Loading what=what /> }.into_any(),
        Load::Failed(error) => view! { <LoadError error=error retry=retry /> }.into_any(),
        Load::Ready(value) => ready(value).into_any(),
    }
}

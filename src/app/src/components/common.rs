//! The states of something that is being fetched: on its way, not loaded, empty, here.

use leptos::prelude::*;

use crate::api::{ApiError, ApiResult};
use crate::components::words::{StatusWord, Word};
use crate::state::app::use_app;

/// What the browser's tab says. There is one `<Title>`, in `App`, and the page on screen says here what is in it: a `<Title>` of
/// leptos_meta 0.8.7 whose view is built again in place is never taken back.
#[component]
pub fn PageTitle(#[prop(into)] text: Signal<String>) -> impl IntoView {
    let title = use_app().title;
    Effect::new(move || title.set(text.get()));
}

/// Something is on its way.
#[component]
pub fn Loading(
    /// What is being loaded: `the runbooks`.
    what: &'static str,
) -> impl IntoView {
    view! {
        <p class="loading" role="status">
            <StatusWord kind=Word::Run text=format!("Loading {what}…") />
        </p>
    }
}

/// Something could not be loaded.
#[component]
pub fn LoadError(error: ApiError, #[prop(optional, into)] retry: Option<Callback<()>>) -> impl IntoView {
    let retry = retry.map(|retry| {
        view! { <button type="button" class="btn" on:click=move |_| retry.run(())>"Try again"</button> }
    });
    view! {
        <div class="load-error" role="alert">
            <p><StatusWord kind=Word::NoGo text="NOT LOADED" /></p>
            <p>{error.to_string()}</p>
            {retry}
        </div>
    }
}

/// There is nothing yet, and what to do about it.
#[component]
pub fn EmptyState(
    title: &'static str,
    /// What to do.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="empty">
            <p class="empty-title">{title}</p>
            {children()}
        </div>
    }
}

/// What is being fetched, in whichever of its states it is. What is there stays while it is fetched again: a resource keeps its
/// value until the next one comes, so that no `<Transition>` is needed around it.
#[component]
pub fn Loaded<T, V>(
    resource: LocalResource<ApiResult<T>>,
    /// What it is called while it is on its way: `the runbooks`.
    what: &'static str,
    /// The heading of the page until it is here, where what is fetched is a page with landmarks and a heading of its own.
    #[prop(optional)]
    page: Option<&'static str>,
    children: impl Fn(T) -> V + Send + Sync + 'static,
) -> impl IntoView
where
    T: Clone + 'static,
    V: IntoView + 'static,
{
    let retry = Callback::new(move |()| resource.refetch());
    move || match resource.get() {
        Some(Ok(value)) => children(value).into_any(),
        Some(Err(error)) => in_page(page, view! { <LoadError error retry /> }.into_any()),
        None => in_page(page, view! { <Loading what /> }.into_any()),
    }
}

fn in_page(heading: Option<&'static str>, content: AnyView) -> AnyView {
    match heading {
        None => content,
        Some(heading) => view! {
            <main id="content" class="page" tabindex="-1">
                <h1>{heading}</h1>
                {content}
            </main>
        }
        .into_any(),
    }
}

//! The states of something that is fetched: loading, failed, empty, loaded.

use leptos::prelude::*;

use crate::api::{ApiError, ApiResult};
use crate::components::words::{StatusWord, Word};

#[component]
pub fn Loading(
    /// Completes the sentence: `the runbooks`.
    what: &'static str,
) -> impl IntoView {
    view! {
        <p class="loading" role="status">
            <StatusWord kind=Word::Run text=format!("Loading {what}…") />
        </p>
    }
}

/// Says what went wrong. Without `retry` the page itself tries again, where that may help.
#[component]
pub fn LoadError(error: ApiError, #[prop(optional, into)] retry: Option<Callback<()>>) -> impl IntoView {
    let retry = match retry {
        Some(retry) => {
            view! { <button type="button" class="btn" on:click=move |_| retry.run(())>"Try again"</button> }.into_any()
        }
        None if error.is_transient() => {
            view! { <p><StatusWord kind=Word::Run text="Trying again every 2 seconds…" /></p> }.into_any()
        }
        None => ().into_any(),
    };
    view! {
        <div class="load-error" role="alert">
            <p><StatusWord kind=Word::NoGo text="NOT LOADED" /></p>
            <p>{error.to_string()}</p>
            {retry}
        </div>
    }
}

#[component]
pub fn EmptyState(
    title: &'static str,
    /// What to do about it.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="empty">
            <p class="empty-title">{title}</p>
            {children()}
        </div>
    }
}

/// A resource in whichever of its states it is. What is there stays while it is fetched again: a resource keeps its value until
/// the next one comes, so that no `<Transition>` is needed around it.
#[component]
pub fn Loaded<T, V>(
    resource: LocalResource<ApiResult<T>>,
    /// Completes “Loading …”: `the runbooks`.
    what: &'static str,
    /// The heading of the page until it is loaded, where the children are a page with landmarks and a heading of their own.
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

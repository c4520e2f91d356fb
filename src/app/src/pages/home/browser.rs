//! Signing this browser out.

use leptos::prelude::*;

use crate::api::{self, ApiError};
use crate::state::app::use_app;

/// Two buttons, and what became of the last click if it failed. When it worked, the whole page becomes the way in.
#[component]
pub fn ThisBrowser() -> impl IntoView {
    let app = use_app();
    let error = RwSignal::new(None::<ApiError>);
    let sign_out = move |all| {
        leptos::task::spawn_local(async move {
            match api::sign_out(all).await {
                Ok(()) | Err(ApiError::SignedOut) => app.load_me(),
                Err(failed) => error.set(Some(failed)),
            }
        });
    };
    view! {
        <section aria-labelledby="browser-title">
            <h2 id="browser-title">"This browser"</h2>
            <p>
                <button type="button" class="btn small" on:click=move |_| sign_out(false)>"Sign out"</button>
                " "
                <button type="button" class="btn small" on:click=move |_| sign_out(true)>"Sign out every browser"</button>
            </p>
            {move || error.get().map(|error| view! { <p role="alert">{error.to_string()}</p> })}
        </section>
    }
}

//! The way from a rollback to what it undoes.

use leptos::prelude::*;
use leptos_router::components::A;

use crate::state::session::use_session;

/// Nothing where the session undoes none.
#[component]
pub fn Undone() -> impl IntoView {
    let session = use_session();
    let undoes =
        Memo::new(move |_| session.with_confirmed(|state| state.started.as_ref().and_then(|started| started.undoes)));
    move || {
        undoes
            .get()
            .map(|id| view! { <p><A href=format!("/watch/{id}")>"Watch what this rollback undoes"</A></p> })
    }
}

//! The sessions of the home page: those under way before everything else, and the last that ended.

use holdpoint_domain::wire::SessionBrief;
use leptos::prelude::*;
use leptos_router::components::A;

use super::choices::{ended, ended_lately, under_way};
use super::offers::use_offers;
use crate::api::ApiError;
use crate::components::choice::{environment_of, to_watch};
use crate::components::loading::{EmptyState, LoadError, Loading};
use crate::components::session_list::SessionList;
use crate::state::app::use_app;

/// Sessions that ended, of which the page shows so many.
const ENDED: usize = 5;

/// What is under way, or that nothing is, or why that is not known.
#[component]
pub fn UnderWay() -> impl IntoView {
    let offers = use_offers();
    let content = move || match offers.sessions.get() {
        None => view! { <Loading what="the sessions" /> }.into_any(),
        Some(Err(error)) => view! { <NotKnown error /> }.into_any(),
        Some(Ok(sessions)) => view! { <Open sessions /> }.into_any(),
    };
    view! {
        <section aria-labelledby="under-way-title">
            <h2 id="under-way-title">"Under way"</h2>
            {content}
        </section>
    }
}

#[component]
fn NotKnown(error: ApiError) -> impl IntoView {
    let offline = matches!(error, ApiError::Network { .. });
    let retry = use_offers().retry_sessions();
    view! {
        <LoadError error retry />
        {offline.then(|| view! {
            <p class="quiet beside-error">
                "The last list of sessions is not kept in this browser, so that none is shown here that may have changed since. A session that was opened in this browser can still be read at its own address."
            </p>
        })}
    }
}

#[component]
fn Open(sessions: Vec<SessionBrief>) -> impl IntoView {
    let (open, now) = (under_way(&sessions), use_app().clock.signal());
    match (open.is_empty(), sessions.is_empty()) {
        (false, _) => view! { <SessionList label="Under way" class="open" shown=open all=sessions now /> }.into_any(),
        (true, true) => view! {
            <EmptyState title="No sessions yet">
                <p class="quiet">
                    "A session is one run of a procedure: its steps are ticked here, its gates decide by themselves, and everything that happens is written down. Choose a procedure below and start it."
                </p>
            </EmptyState>
        }
        .into_any(),
        (true, false) => view! { <p class="quiet">"No session is open."</p> }.into_any(),
    }
}

/// The last sessions that ended, with the way to all of them. Nothing as long as none has.
#[component]
pub fn Ended() -> impl IntoView {
    let (offers, app) = (use_offers(), use_app());
    let last = Memo::new(move |_| ended(&offers.known_sessions(), ENDED));
    let list = move || {
        let (shown, all) = (last.get(), offers.known_sessions());
        let (now, choices, environments) = (app.clock.now_untracked(), offers.choices.get(), app.environments());
        let next = shown.iter().filter(|one| ended_lately(one, now)).filter_map(|one| {
            let environment = environment_of(one, &environments)?;
            Some((one.id, to_watch(one, &all, &choices, environment)))
        });
        let next = next.collect::<Vec<_>>();
        view! { <SessionList label="Last ended" shown all next now=app.clock.signal() /> }
    };
    view! {
        <Show when=move || last.with(|last| !last.is_empty())>
            <section aria-labelledby="ended-title">
                <div class="section-head">
                    <h2 id="ended-title">"Last ended"</h2>
                    <A href="/sessions">"Sessions"</A>
                </div>
                {list}
            </section>
        </Show>
    }
}

//! What was found, page by page.

use chrono::{DateTime, Utc};
use holdpoint_domain::wire::FoundSessions;
use leptos::prelude::*;
use leptos_router::components::A;

use super::address::{Asked, use_asked};
use crate::api;
use crate::components::loading::{EmptyState, Loaded};
use crate::components::session_list::SessionList;
use crate::components::time::Time;
use crate::format::{TimeFormat, count};
use crate::state::app::use_app;

/// An answer, and what it is an answer to.
#[derive(Clone)]
struct Answer {
    query: String,
    found: FoundSessions,
    at: DateTime<Utc>,
}

#[component]
pub fn Found() -> impl IntoView {
    let (asked, clock) = (use_asked(), use_app().clock);
    let answer = LocalResource::new(move || {
        let query = asked.page.get();
        async move {
            let found = api::search_sessions(&query).await?;
            let at = clock.now_untracked();
            Ok(Answer { query, found, at })
        }
    });
    let again = Callback::new(move |()| answer.refetch());
    view! {
        <Loaded resource=answer what="the sessions" let:answer>
            <Answered answer again />
        </Loaded>
    }
}

#[component]
fn Answered(answer: Answer, again: Callback<()>) -> impl IntoView {
    let (asked, now) = (use_asked(), use_app().clock.signal());
    let Answer { query, found, at } = answer;
    // Until the next answer is there, what is on screen says what it is: of before.
    let is_old = Memo::new(move |_| asked.page.with(|page| *page != query));
    let total = match (found.total, found.more_than_total) {
        (total, true) => format!("More than {total} sessions"),
        (total, false) => count(total as usize, "session"),
    };
    let said = move || match is_old.get() {
        true => "Searching…".to_owned(),
        false => total.clone(),
    };
    let next = found.next.map(|next| next.to_string());
    let list = match found.sessions.is_empty() {
        true => view! { <Nothing asked /> }.into_any(),
        false => {
            let all: Vec<_> = found.sessions.iter().cloned().chain(found.linked).collect();
            view! { <SessionList label="Sessions found" shown=found.sessions all now /> }.into_any()
        }
    };
    view! {
        <p class="found-count">
            <span role="status">{said}</span>
            <span class="quiet small">" as of "<Time at format=TimeFormat::Seconds /></span>
            <button type="button" class="btn small" on:click=move |_| again.run(())>"Look again"</button>
        </p>
        <div class="found" class:old=move || is_old.get() aria-busy=move || is_old.get().to_string()>
            {list}
            <Pages asked next />
        </div>
    }
}

#[component]
fn Nothing(asked: Asked) -> impl IntoView {
    match asked.is_filtered() || asked.is_further_page() {
        true => view! {
            <EmptyState title="No session is like this">
                <p class="quiet">
                    "Take a filter away, or look for fewer words: all of them must be there. "
                    <A href="/sessions">"Show every real session"</A>
                </p>
            </EmptyState>
        }
        .into_any(),
        false => view! {
            <EmptyState title="No real sessions yet">
                <p class="quiet">
                    "A session is one run of a procedure. "<A href="/">"Start one from a runbook"</A>
                    ", or "<A href="/sessions?rehearsals=only">"look at the rehearsals"</A>"."
                </p>
            </EmptyState>
        }
        .into_any(),
    }
}

#[component]
fn Pages(asked: Asked, next: Option<String>) -> impl IntoView {
    let first = asked.is_further_page().then(|| asked.page_after(None));
    if first.is_none() && next.is_none() {
        return ().into_any();
    }
    let first = first.map(|href| view! { <A href=href attr:class="btn">"Newest"</A> });
    let next = next.map(|next| view! { <A href=asked.page_after(Some(&next)) attr:class="btn">"Older"</A> });
    view! { <nav class="pages" aria-label="Pages">{first}{next}</nav> }.into_any()
}

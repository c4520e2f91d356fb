//! Sessions, open ones first.

use chrono::{DateTime, Utc};
use holdpoint_domain::wire::SessionBrief;
use leptos::prelude::*;
use leptos_router::components::A;

use crate::components::common::EmptyState;
use crate::components::time::{Clip, Time, rough};
use crate::components::words::{EnvBadge, StatusWord, Word};

/// The list.
#[component]
pub fn SessionList(
    /// The sessions, newest first.
    sessions: Vec<SessionBrief>,
    /// The time.
    #[prop(into)]
    now: Signal<DateTime<Utc>>,
) -> impl IntoView {
    if sessions.is_empty() {
        return view! {
            <EmptyState title="No sessions yet">
                <p class="quiet">"A session is one run of a procedure. Choose a procedure of a runbook and start it."</p>
            </EmptyState>
        }
        .into_any();
    }
    let (open, ended): (Vec<_>, Vec<_>) = sessions.into_iter().partition(|session| session.closed.is_none());
    let rows = move |sessions: Vec<SessionBrief>| {
        sessions.into_iter().map(|session| view! { <Row session=session now=now /> }).collect::<Vec<_>>()
    };
    let some_open = !open.is_empty();
    let some_ended = !ended.is_empty();
    view! {
        {some_open.then(|| view! { <h3 class="label">"Under way"</h3><ul class="sessions open">{rows(open)}</ul> })}
        {some_ended.then(|| view! { <h3 class="label">"Ended"</h3><ul class="sessions">{rows(ended)}</ul> })}
    }
    .into_any()
}

#[component]
fn Row(session: SessionBrief, now: Signal<DateTime<Utc>>) -> impl IntoView {
    let (kind, word) = Word::of_standing(session.standing);
    let started = session.started;
    let when = match session.closed {
        Some(closed) => view! { <span>"ended "<Time at=closed clip=Clip::Day /></span> }.into_any(),
        None => view! { <span>{move || format!("{} ago", rough(now.get() - started))}</span> }.into_any(),
    };
    let links = [("undoes", session.undoes), ("undone by", session.undone_by)];
    let links: Vec<_> = links
        .into_iter()
        .filter_map(|(word, id)| id.map(|id| view! { <A href=format!("/sessions/{id}") attr:class="small">{word}" another session"</A> }))
        .collect();
    let sha: String = session.git_sha.chars().take(7).collect();
    view! {
        <li class="session-row">
            <span class="session-word"><StatusWord kind=kind text=word /></span>
            <span class="session-main">
                <A href=format!("/sessions/{}", session.id) attr:class="session-title">{session.procedure_title}</A>
                <EnvBadge name=session.environment_title production=session.production rehearsal=session.rehearsal />
                <span class="quiet small">{session.version}" · "<code>{sha}</code>" · "{session.captain}" · "{session.runbook_title}</span>
                {links}
            </span>
            <Progress done=session.done all=session.steps />
            <span class="session-when quiet small">{when}</span>
        </li>
    }
}

#[component]
fn Progress(done: u32, all: u32) -> impl IntoView {
    view! {
        <span class="progress">
            <progress max=all.to_string() value=done.to_string() aria-label="Steps done"></progress>
            <span class="small quiet">{format!("{done} of {all}")}</span>
        </span>
    }
}

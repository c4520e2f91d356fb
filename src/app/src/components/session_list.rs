//! Sessions as a list: how each stands, and what it is.

use chrono::{DateTime, Utc};
use holdpoint_domain::session::SessionId;
use holdpoint_domain::wire::SessionBrief;
use leptos::prelude::*;

use crate::components::choice::{Next, NextLinks};
use crate::components::time::Time;
use crate::components::words::{EnvBadge, RollbackFacts, Stands, StatusWord, Word, rollback_words};
use crate::format::{TimeFormat, local_time, rough};

/// Sessions in their order, each with how it stands.
#[component]
pub fn SessionList(
    /// The name of the list.
    label: &'static str,
    #[prop(optional)] class: &'static str,
    /// Those that are shown.
    shown: Vec<SessionBrief>,
    /// All that are known: the sessions that those are linked with are among them.
    all: Vec<SessionBrief>,
    /// What may follow on some of them.
    #[prop(optional)]
    next: Vec<(SessionId, Vec<Next>)>,
    now: Signal<DateTime<Utc>>,
) -> impl IntoView {
    let mut next = next;
    let rows = shown.iter().map(|session| {
        let at = next.iter().position(|(of, _)| *of == session.id);
        let next = at.map_or_else(Vec::new, |at| next.swap_remove(at).1);
        view! { <Row listed=Listed::of(session, &all) next now /> }
    });
    let rows: Vec<_> = rows.collect();
    view! { <ul role="list" class=format!("sessions {class}") aria-label=label>{rows}</ul> }
}

/// A session, and what the list says of it.
struct Listed {
    session: SessionBrief,
    word: (Word, &'static str),
    /// The sessions that it is linked with, in words.
    links: Vec<(SessionId, String)>,
}

impl Listed {
    fn of(session: &SessionBrief, all: &[SessionBrief]) -> Self {
        let find = |id: Option<SessionId>| all.iter().find(|one| Some(one.id) == id && !one.unreadable);
        let (undone, rollback) = (find(session.undoes), find(session.undone_by));
        let undoes = session.undoes.map(|id| (id, undoes_words(undone)));
        let undone_by = session.undone_by.map(|id| (id, undone_by_words(rollback)));
        Self {
            session: session.clone(),
            word: match session.unreadable {
                true => (Word::NoGo, "CANNOT BE READ"),
                false => Stands::of_brief(session, rollback).word(),
            },
            links: undoes.into_iter().chain(undone_by).collect(),
        }
    }
}

/// `Golden release v1.4.2`.
fn name(session: &SessionBrief) -> String {
    let name = format!("{} {}", session.procedure_title, session.version);
    name.trim_end().to_owned()
}

fn undoes_words(undone: Option<&SessionBrief>) -> String {
    match undone {
        Some(undone) => format!("rolls back {}", name(undone)),
        None => "rolls back another session, which is not known here".to_owned(),
    }
}

fn undone_by_words(rollback: Option<&SessionBrief>) -> String {
    match rollback {
        Some(one) => format!(
            "its rollback, {}, {}",
            name(one),
            rollback_words(RollbackFacts::of_brief(one))
        ),
        None => "its rollback is not known here".to_owned(),
    }
}

#[component]
fn Row(listed: Listed, next: Vec<Next>, now: Signal<DateTime<Utc>>) -> impl IntoView {
    let Listed {
        session,
        word: (kind, word),
        links,
    } = listed;
    let sha: String = session.git_sha.chars().take(7).collect();
    let version = session.version.clone();
    let version = (!version.is_empty()).then(|| view! { <bdi>{version}</bdi> " · " <code>{sha}</code> " · " });
    let started = session.started;
    // Sessions of one procedure differ in their names, too.
    let about = name(&session);
    let (day, clock) = (
        local_time(started, TimeFormat::Day),
        local_time(started, TimeFormat::Seconds),
    );
    let seconds = clock.rsplit(':').next().unwrap_or_default();
    let label = format!("{about}, {}, started {day}:{seconds}", session.environment_title);
    let when = match session.closed {
        Some(at) => view! { "ended " <Time at format=TimeFormat::Day /> }.into_any(),
        None => (move || format!("started {} ago", rough(now.get() - started))).into_any(),
    };
    view! {
        <li class="session-row">
            <span class="session-word">
                <StatusWord kind text=word />
            </span>
            <span class="session-main">
                <a href=format!("/sessions/{}", session.id) class="session-title" aria-label=label>
                    {session.procedure_title}
                </a>
                <EnvBadge
                    name=session.environment_title
                    production=session.production
                    rehearsal=session.rehearsal
                    drill=session.drill
                />
                <span class="quiet small">
                    {version} <bdi>{session.captain}</bdi> " · " {session.runbook_title}
                </span>
                {(!session.unreadable).then(|| other_session((session.id, "Replay".to_owned()), &about, "/replay"))}
                {links.into_iter().map(|link| other_session(link, &about, "")).collect_view()}
                <NextLinks next />
            </span>
            <Progress done=session.done all=session.steps />
            <span class="session-when quiet small">{when}</span>
        </li>
    }
}

/// Such links stand in many rows, so each says whose it is.
fn other_session((id, text): (SessionId, String), of: &str, page: &str) -> impl IntoView + use<> {
    let whose = format!(" ({of})");
    view! { <a href=format!("/sessions/{id}{page}") class="small">{text}<span class="sr-only">{whose}</span></a> }
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

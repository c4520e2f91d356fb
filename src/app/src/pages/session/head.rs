//! The head of a session: what it is, how it stands, how far it is.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use holdpoint_domain::runbook::Step;
use holdpoint_domain::session::{Started, State};
use leptos::prelude::*;

use crate::cells::{Derived, Read};
use super::desk::Desk;
use crate::api::export_url;
use crate::components::icons::{Glyph, Icon};
use crate::components::time::{Clip, clock, local, rough};
use crate::components::track::{Station, Track};
use crate::components::words::{EnvBadge, StatusWord, Word, title_and_aside};
use crate::state::session::{StepStatus, step_row};

/// The head.
#[component]
pub fn SessionHead(desk: Desk) -> impl IntoView {
    let store = desk.store;
    let started = store.with_untracked(|state| state.started.clone());
    let elapsed = move || {
        let now = desk.app.clock.now();
        store.with(|state| {
            let end = state.closed.as_ref().map_or(now, |closed| closed.at);
            state.started_at.map_or_else(String::new, |began| clock(end - began))
        })
    };
    let stations = Derived::new(move |()| {
        let minute = desk.app.clock.now();
        store.with(|state| stations(state, minute))
    });
    let kind = Read::derive(move || Word::of_standing(desk.standing.get()).0);
    let word = Read::derive(move || Word::of_standing(desk.standing.get()).1.to_owned());
    view! {
        <section class="head" aria-label="Session">
            <div class="head-row">
                {started.map(|started| view! { <Identity started=started /> })}
                <Tools desk=desk />
                <span class="clock" role="timer" aria-label="Elapsed">{elapsed}</span>
                <span role="status" aria-label="Standing" class="standing"><StatusWord kind=kind text=word /></span>
            </div>
            <Track stations=stations on_select=Callback::new(move |id| desk.select(Some(id))) />
        </section>
    }
}

#[component]
fn Identity(started: Arc<Started>) -> impl IntoView {
    let sha = started.git_sha.chars().take(7).collect::<String>();
    let undoes = started.undoes.map(|id| {
        view! { <a href=format!("/sessions/{id}") class="undoes small">"undoes the session before"</a> }
    });
    view! {
        <h1>{started.procedure_title.clone()}</h1>
        <EnvBadge name=started.environment.clone() production=started.production rehearsal=started.rehearsal />
        <span class="quiet identity">
            {started.version.clone()}" · "<code title=started.git_sha.clone()>{sha}</code>" · captain "<b>{started.captain.clone()}</b>
        </span>
        {undoes}
    }
}

/// What can be done with the session as a whole.
#[component]
fn Tools(desk: Desk) -> impl IntoView {
    let id = desk.store.id;
    let formats = [("md", "Markdown"), ("json", "JSON"), ("csv", "CSV")];
    let links: Vec<_> = formats
        .into_iter()
        .map(|(format, name)| view! { <li><a href=export_url(id, format) download="" rel="external">{name}</a></li> })
        .collect();
    view! {
        <span class="head-tools">
            <details class="menu">
                <summary class="btn bare small"><Icon glyph=Glyph::Download />"Export"</summary>
                <ul>{links}</ul>
            </details>
            <a href=format!("/watch/{id}") class="btn bare small"><Icon glyph=Glyph::Eye />"Watch page"</a>
            <button type="button" class="btn bare small" on:click=move |_| desk.asking.set(Some(super::desk::Asking::Keys))>
                <Icon glyph=Glyph::Keys />"Keys "<kbd>"?"</kbd>
            </button>
        </span>
    }
}

fn stations(state: &State, now: DateTime<Utc>) -> Vec<Station> {
    let Some(procedure) = &state.procedure else { return Vec::new() };
    let next = state.next_step().map(|step| step.id.clone());
    let mut began = state.started_at;
    let mut stations = Vec::with_capacity(procedure.steps.len());
    for step in &procedure.steps {
        let row = step_row(state, step);
        let here = state.closed.is_none() && next.as_ref().is_some_and(|next| holds(step, next));
        let status = if held(state, step) { StepStatus::Failed } else { row.status };
        let below = match (status, row.at) {
            (StepStatus::Failed, _) => held_since(state, step).map_or_else(String::new, |at| format!("failed {}", local(at, Clip::Minutes))),
            (StepStatus::Skipped, _) => "skipped".to_owned(),
            (_, Some(at)) => began.map_or_else(String::new, |began| rough(at - began)),
            (StepStatus::Running, None) => "gate running".to_owned(),
            (_, None) if here => began.map_or_else(String::new, |began| rough(now - began)),
            (_, None) => String::new(),
        };
        began = row.at.or(began);
        stations.push(Station { id: step.id.clone(), title: short_title(&step.title), status, here, below });
    }
    stations
}

fn holds(step: &Step, id: &str) -> bool {
    step.id == id || step.children.iter().any(|child| holds(child, id))
}

fn held(state: &State, step: &Step) -> bool {
    state.holds.keys().any(|(held, _)| holds(step, held))
}

fn held_since(state: &State, step: &Step) -> Option<DateTime<Utc>> {
    state.holds.iter().filter(|((held, _), _)| holds(step, held)).map(|(_, hold)| hold.since).min()
}

/// What stands before brackets at the end, a colon or a dash; shouted words are written as words, abbreviations are not.
fn short_title(title: &str) -> String {
    let (main, _) = title_and_aside(title);
    let short = main.split([':', '—', '–']).next().map_or(main, str::trim);
    let short = if short.is_empty() { title } else { short };
    if short.chars().any(char::is_lowercase) || short.chars().count() < 4 {
        return short.to_owned();
    }
    let mut letters = short.chars();
    letters.next().map_or_else(String::new, |first| format!("{first}{}", letters.as_str().to_lowercase()))
}

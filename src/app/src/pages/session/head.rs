//! The head of a session: what it is, how it stands, how far it is.

use chrono::{DateTime, Utc};
use holdpoint_domain::runbook::Step;
use holdpoint_domain::session::{Started, State};

use super::desk::{Asking, Desk};
use crate::api::export_url;
use crate::cells::{Callback, Derived, Read};
use crate::components::dom::{El, button, div, el, phrase};
use crate::components::icons::{Glyph, icon};
use crate::components::time::{Clip, clock, local, rough};
use crate::components::track::{Station, track};
use crate::components::words::{Word, env_badge, is_shouted, lower, title_and_aside};
use crate::state::session::{StepStatus, step_row};

/// The head.
pub fn session_head(desk: Desk) -> El {
    let store = desk.store;
    let identity = store.with_untracked(|state| state.started.as_ref().map(|started| identity(started)));
    let elapsed = move || {
        let now = desk.app.clock.now();
        store.with_confirmed(|state| {
            let end = state.closed.as_ref().map_or(now, |closed| closed.at);
            state.started_at.map_or_else(String::new, |began| clock(end - began))
        })
    };
    let stations = Derived::new(move |()| {
        let mut stations = store.with(stations);
        store.with_confirmed(|state| {
            for station in &mut stations {
                station.status = station.status.as_recorded(state, &station.id);
                if station.status == StepStatus::Sending {
                    station.below = "sending".to_owned();
                }
            }
        });
        stations
    });
    let standing = el("span").role("status").label("Standing").class("standing").child(
        el("span")
            .live_look(move || Word::of_standing(desk.standing.get()).0.class())
            .live_word(move || Word::of_standing(desk.standing.get()).1),
    );
    let row = div("head-row")
        .all(identity.unwrap_or_default())
        .child(tools(desk))
        .child(phrase("clock").role("timer").label("Elapsed").live_text(elapsed))
        .child(standing);
    let choose = Callback::new(move |id| desk.select(Some(id)));
    el("section").class("head").label("Session").child(row).child(track(
        stations,
        Read::derive(move || desk.app.clock.now()),
        choose,
    ))
}

fn identity(started: &Started) -> Vec<El> {
    let sha = started.git_sha.chars().take(7).collect::<String>();
    let what = phrase("quiet identity")
        .text(&format!("{} · ", started.version))
        .child(el("code").attr("title", &started.git_sha).text(&sha))
        .text(" · captain ")
        .child(el("b").text(&started.captain));
    let mut parts = vec![
        el("h1").text(&started.procedure_title),
        env_badge(&started.environment, started.production, started.rehearsal),
        what,
    ];
    if let Some(id) = started.undoes {
        let there = el("a").attr("href", &format!("/sessions/{id}")).class("undoes small");
        parts.push(there.text("undoes the session before"));
    }
    parts
}

/// What can be done with the session as a whole.
fn tools(desk: Desk) -> El {
    let id = desk.store.id;
    let formats = [("md", "Markdown"), ("json", "JSON"), ("csv", "CSV")];
    let link = |(format, name): &(&str, &str)| {
        let link = el("a")
            .attr("href", &export_url(id, format))
            .attr("download", "")
            .attr("rel", "external");
        el("li").child(link.text(name))
    };
    let export = el("summary")
        .class("btn bare small")
        .child(icon(Glyph::Download))
        .text("Export");
    let watch = el("a").attr("href", &format!("/watch/{id}")).class("btn bare small");
    let keys = button("btn bare small").on_click(move || desk.asking.set(Some(Asking::Keys)));
    phrase("head-tools")
        .child(
            el("details")
                .class("menu")
                .child(export)
                .child(el("ul").each(&formats, link)),
        )
        .child(watch.child(icon(Glyph::Eye)).text("Watch page"))
        .child(keys.child(icon(Glyph::Keys)).text("Keys ").child(el("kbd").text("?")))
}

fn stations(state: &State) -> Vec<Station> {
    let Some(procedure) = &state.procedure else {
        return Vec::new();
    };
    let next = state.next_step().map(|step| step.id.clone());
    let mut began = state.started_at;
    let mut stations = Vec::with_capacity(procedure.steps.len());
    for step in &procedure.steps {
        let row = step_row(state, next.as_deref(), step);
        let here = state.closed.is_none() && next.as_ref().is_some_and(|next| holds(step, next));
        let status = if held(state, step) {
            StepStatus::Failed
        } else {
            row.status
        };
        let below = match (status, row.at) {
            (StepStatus::Failed, _) => {
                held_since(state, step).map_or_else(String::new, |at| format!("failed {}", local(at, Clip::Minutes)))
            }
            (StepStatus::Skipped, _) => "skipped".to_owned(),
            (_, Some(at)) => began.map_or_else(String::new, |began| rough(at - began)),
            (StepStatus::Running, None) => "gate running".to_owned(),
            (_, None) => String::new(),
        };
        // Only the station where the work is follows the clock.
        let since = began.filter(|_| here && below.is_empty());
        began = row.at.or(began);
        stations.push(Station {
            id: step.id.clone(),
            title: short_title(&step.title),
            status,
            here,
            below,
            since,
        });
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
    state
        .holds
        .iter()
        .filter(|((held, _), _)| holds(step, held))
        .map(|(_, hold)| hold.since)
        .min()
}

/// What stands before brackets at the end, a colon or a dash; shouted words are written as words, abbreviations are not.
fn short_title(title: &str) -> String {
    let (main, _) = title_and_aside(title);
    let short = main.split([':', '—', '–']).next().map_or(main, str::trim);
    let short = if short.is_empty() { title } else { short };
    if !is_shouted(short) || short.chars().count() < 4 {
        return short.to_owned();
    }
    let mut letters = short.chars();
    letters
        .next()
        .map_or_else(String::new, |first| format!("{first}{}", lower(letters.as_str())))
}

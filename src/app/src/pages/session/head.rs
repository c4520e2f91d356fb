//! The head of a session: what it is, how it stands, how far it is.

use std::sync::Arc;

use holdpoint_domain::session::Started;
use leptos::prelude::*;
use leptos_router::components::A;

use super::linked::{LinkTo, use_linked};
use super::track::Track;
use super::ui::{OpenDialog, use_ui};
use crate::api::export_url;
use crate::components::icons::{Glyph, Icon};
use crate::components::keys::{KeyHint, shortcut};
use crate::components::menu::Menu;
use crate::components::words::{EnvBadge, StatusWord};
use crate::state::app::use_app;
use crate::state::session::use_session;

const FORMATS: [(&str, &str); 4] = [("md", "Markdown"), ("html", "HTML"), ("json", "JSON"), ("csv", "CSV")];

/// Identity, tools, time, standing, and the track below them.
#[component]
pub fn SessionHead() -> impl IntoView {
    let (ui, stands) = (use_ui(), use_linked().stands);
    let started = use_session().with_untracked(|state| state.started.clone());
    let kind = Signal::derive(move || stands.get().word().0);
    let word = Signal::derive(move || stands.get().word().1.to_owned());
    view! {
        <section class="head" aria-label="Session">
            <div class="head-row">
                {started.map(|started| view! { <Identity started /> })}
                <Tools />
                <span class="clock" role="timer" aria-label="Elapsed">{move || ui.elapsed()}</span>
                // What changes it is said in the one live region; a hold by its alert.
                <span role="status" aria-live="off" aria-label="Standing" class="standing"><StatusWord kind text=word /></span>
            </div>
            <Track />
        </section>
    }
}

#[component]
fn Identity(started: Arc<Started>) -> impl IntoView {
    let sha = started.git_sha.chars().take(7).collect::<String>();
    let version = (!started.version.is_empty()).then(|| {
        view! { {started.version.clone()}" · "<code title=started.git_sha.clone()>{sha}</code>" · " }
    });
    let (settings, captain) = (use_app().settings, started.captain.clone());
    let other = captain.clone();
    let you = move || {
        let name = settings.name();
        (!name.is_empty() && name != other).then(|| view! { " · you are "<b>{name}</b> })
    };
    view! {
        <h1>{started.procedure.title.clone()}</h1>
        <EnvBadge name=started.environment.clone() production=started.production rehearsal=started.rehearsal />
        <span class="quiet identity">
            {version}"captain "<b>{captain}</b>
            {you}
        </span>
        <LinkTo other=use_linked().undone before="rolls back " unnamed="another session" class="undoes small" />
    }
}

#[component]
fn Tools() -> impl IntoView {
    let (ui, id) = (use_ui(), use_session().id);
    let formats = FORMATS.map(|(format, name)| {
        view! { <li><a href=export_url(id, format) download="" rel="external">{name}</a></li> }
    });
    view! {
        <span class="head-tools">
            <Menu glyph=Glyph::Download name="Export">{formats}</Menu>
            <A href=format!("/watch/{id}") attr:class="btn bare small"><Icon glyph=Glyph::Eye />"Watch page"</A>
            <button
                type="button"
                class="btn bare small"
                aria-keyshortcuts=shortcut("?")
                on:click=move |_| ui.dialog.set(Some(OpenDialog::Keys))
            >
                <Icon glyph=Glyph::Keys />"Keys "<KeyHint key="?" />
            </button>
        </span>
    }
}

//! The head of a session: what it is, how it stands, how far it is.

use std::sync::Arc;

use holdpoint_domain::session::Started;
use leptos::html;
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_use_event_listener::use_event_listener;

use super::linked::{LinkTo, use_linked};
use super::track::Track;
use super::ui::{OpenDialog, use_ui};
use crate::api::{export_url, report_templates, template_url};
use crate::components::export_formats::ExportFormats;
use crate::components::icons::{Glyph, Icon};
use crate::components::keys::{KeyHint, shortcut};
use crate::components::menu::Menu;
use crate::components::words::{EnvBadge, StatusWord};
use crate::format::{near_span, near_time};
use crate::state::app::use_app;
use crate::state::session::{estimate, use_session};

/// Identity, tools, time, standing, and the track below them.
#[component]
pub fn SessionHead() -> impl IntoView {
    let (ui, stands) = (use_ui(), use_linked().stands);
    let started = use_session().with_untracked(|state| state.started.clone());
    let kind = Signal::derive(move || stands.get().word().0);
    let word = Signal::derive(move || stands.get().word().1.to_owned());
    let title = started.as_ref().map(|started| started.procedure.title.clone());
    let head = NodeRef::<html::Section>::new();
    let gone = RwSignal::new(false);
    let _ = use_event_listener(window(), leptos::ev::scroll, move |_| {
        let bottom = head
            .get_untracked()
            .map(|head| head.get_bounding_client_rect().bottom());
        let is_gone = bottom.is_some_and(|bottom| bottom < 0.0);
        if gone.get_untracked() != is_gone {
            gone.set(is_gone);
        }
    });
    view! {
        <section node_ref=head class="head" aria-label="Session">
            <div class="head-row">
                <div class="head-id">{started.map(|started| view! { <Identity started /> })}</div>
                <div class="head-end">
                    <Tools />
                    <span class="clock" role="timer" aria-label="Elapsed">{move || ui.elapsed()}</span>
                    <Ends />
                    // What changes it is said in the one live region; a hold by its alert.
                    <span role="status" aria-live="off" aria-label="Standing" class="standing">
                        <StatusWord kind text=word />
                    </span>
                </div>
            </div>
            <Track />
        </section>
        // Seen on a phone once the head is scrolled away, of which it repeats a part.
        <div class="head-line" aria-hidden="true" hidden=move || !gone.get()>
            <b>{title}</b>
            <span>{move || ui.elapsed()}</span>
            <StatusWord kind text=word />
        </div>
    }
}

/// Between which times it is likely to end, where that can be said; the watch page says the rest.
#[component]
fn Ends() -> impl IntoView {
    let session = use_session();
    let estimate = estimate(session);
    let ends = Memo::new(move |_| {
        let estimate = estimate()?;
        let (from, to) = estimate.between()?;
        let range = near_span(from, to, estimate.now);
        let words = estimate.words(|at| near_time(at, estimate.now));
        Some((format!("likely ends {range}"), words))
    });
    move || {
        let (range, words) = ends.get().filter(|_| session.is_live())?;
        let title = words.clone();
        Some(view! {
            <span class="quiet ends" title=title>
                <span aria-hidden="true">{range}</span>
                <span class="sr-only">{words}</span>
            </span>
        })
    }
}

#[component]
fn Identity(started: Arc<Started>) -> impl IntoView {
    let sha = started.git_sha.chars().take(7).collect::<String>();
    let version = (!started.version.is_empty()).then(|| {
        view! { <bdi>{started.version.clone()}</bdi>" · "<code title=started.git_sha.clone()>{sha}</code>" · " }
    });
    let drill = started.drill.as_ref().and_then(|mark| mark.title.clone());
    let drill = drill.map(|title| view! { "drill “"{title}"” · " });
    let (ui, settings, captain) = (use_ui(), use_app().settings, started.captain.clone());
    let other = captain.clone();
    let you = move || match settings.name() {
        name if name.is_empty() => "".into_any(),
        name if name == other => " (you)".into_any(),
        name => view! { " · you are "<b><bdi>{name}</bdi></b> }.into_any(),
    };
    let change = move || match settings.name().is_empty() {
        true => "Say your name",
        false => "Change name",
    };
    view! {
        <h1>{started.procedure.title.clone()}</h1>
        <EnvBadge
            name=started.environment.clone()
            production=started.production
            rehearsal=started.rehearsal
            drill=started.drill.is_some()
        />
        <span class="quiet identity">
            {drill}{version}"captain "<b><bdi>{captain}</bdi></b>
            {you}
            " "
            <button type="button" class="link" on:click=move |_| ui.dialog.set(Some(OpenDialog::Name))>{change}</button>
        </span>
        <LinkTo other=use_linked().undone before="rolls back " unnamed="another session" class="undoes small" />
    }
}

#[component]
fn Tools() -> impl IntoView {
    let (ui, id, settings) = (use_ui(), use_session().id, use_app().settings);
    let off = move || !settings.single_keys();
    // A team's own reports come after the shipped ones, once the proxy has said which there are.
    let own = LocalResource::new(report_templates);
    let templates = move || {
        let files = own.get().and_then(Result::ok).unwrap_or_default().into_iter();
        let links = files.map(|file| {
            view! { <li><a href=template_url(id, &file) download="" rel="external">{format!("Template {file}")}</a></li> }
        });
        links.collect_view()
    };
    view! {
        <span class="head-tools">
            <Menu glyph=Glyph::Download name="Export">
                <ExportFormats url=move |format| export_url(id, format) />
                {templates}
            </Menu>
            <A href=format!("/sessions/{id}/post-mortem") attr:class="btn bare small"><Icon glyph=Glyph::Note />"Post-mortem"</A>
            <A href=format!("/watch/{id}") attr:class="btn bare small"><Icon glyph=Glyph::Eye />"Watch page"</A>
            <button
                type="button"
                class="btn bare small for-keyboard"
                aria-keyshortcuts=shortcut("?")
                title=move || off().then_some("Single keys are off. This opens the list that switches them on again.")
                on:click=move |_| ui.dialog.set(Some(OpenDialog::Keys))
            >
                <Icon glyph=Glyph::Keys />{move || if off() { "Keys (off) " } else { "Keys " }}<KeyHint key="?" />
            </button>
        </span>
    }
}

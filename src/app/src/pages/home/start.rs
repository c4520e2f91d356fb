//! What can be started: a search, what is pinned and what was started last, emergencies apart, and the runbooks.

use leptos::prelude::*;

use super::books::{Books, PinnableLine};
use super::choices::{Offered, matching};
use super::emergencies::Emergencies;
use super::offers::use_offers;
use crate::components::choice::Choice;
use crate::components::icons::{Glyph, Icon};
use crate::components::loading::{EmptyState, LoadError, Loading};
use crate::state::app::use_app;

#[component]
pub fn StartSomething() -> impl IntoView {
    let offers = use_offers();
    let has_some = Memo::new(move |_| offers.choices.with(|choices| !choices.is_empty()));
    let instead = move || match offers.runbooks.get() {
        None => view! { <Loading what="the runbooks" /> }.into_any(),
        Some(Err(error)) => view! { <LoadError error retry=offers.retry_runbooks() /> }.into_any(),
        Some(Ok(runbooks)) if runbooks.is_empty() => view! { <NoRunbooks /> }.into_any(),
        Some(Ok(_)) => ().into_any(),
    };
    view! {
        <div class="start-something">
            <Emergencies />
            <div class="start-what">
                <section aria-labelledby="start-title">
                    <h2 id="start-title">"Start"</h2>
                    {instead}
                    <Show when=move || has_some.get()><Finder /></Show>
                </section>
                <Books />
            </div>
        </div>
    }
}

#[component]
fn NoRunbooks() -> impl IntoView {
    view! {
        <EmptyState title="No runbooks">
            <p class="quiet">
                "The folder that Holdpoint reads has no Markdown files. Start Holdpoint with "
                <code>"holdpoint serve --runbooks DIR"</code> "."
            </p>
        </EmptyState>
    }
}

/// The field that finds a procedure, and below it what was found, or what is at hand without a search.
#[component]
fn Finder() -> impl IntoView {
    let (app, offers) = (use_app(), use_offers());
    let wanted = RwSignal::new(String::new());
    let asked = Memo::new(move |_| wanted.with(|wanted| !wanted.trim().is_empty()));
    let found = Memo::new(move |_| offers.choices.with(|all| wanted.with(|wanted| matching(all, wanted))));
    let told = move || {
        let (shown, count) = found.with(|(found, count)| (found.len(), *count));
        asked.get().then(|| match count {
            0 => "No procedure has these words.".to_owned(),
            count if count > shown => format!("{count} procedures have these words, of which these are {shown}."),
            1 => "1 procedure has these words.".to_owned(),
            count => format!("{count} procedures have these words."),
        })
    };
    view! {
        <div class="find" role="search">
            <label for="find-procedure">"Find a procedure"</label>
            <input id="find-procedure" type="search" autocomplete="off" bind:value=wanted />
            <button type="button" class="btn" aria-keyshortcuts="Control+K" on:click=move |_| app.palette_open.set(true)>
                <Icon glyph=Glyph::Search />"Search everything "<kbd aria-hidden="true">"Ctrl K"</kbd>
            </button>
        </div>
        <p class="quiet small" role="status">{told}</p>
        <Show when=move || asked.get() fallback=AtHand>
            <Lines label="Found" list=Signal::derive(move || found.with(|(found, _)| found.clone())) />
        </Show>
    }
}

#[component]
fn AtHand() -> impl IntoView {
    let (app, offers) = (use_app(), use_offers());
    let offered = Memo::new(move |_| {
        let sessions = offers.known_sessions();
        let name = app.settings.name();
        offers
            .choices
            .with(|all| Offered::of(all, &offers.pins.all(), &sessions, &name))
    });
    let part = move |of: fn(Offered) -> Vec<Choice>| Signal::derive(move || of(offered.get()));
    view! {
        <Titled title="Pinned" list=part(|offered| offered.pinned) />
        <Titled title="Started last by you" list=part(|offered| offered.recent) />
        <Titled title="Releases" list=part(|offered| offered.releases) />
        <Show when=move || offered.with(Offered::is_empty)>
            <p class="quiet">"Nothing is pinned yet. Open a runbook below and pin what you start often."</p>
        </Show>
    }
}

#[component]
fn Titled(title: &'static str, list: Signal<Vec<Choice>>) -> impl IntoView {
    view! {
        <Show when=move || list.with(|list| !list.is_empty())>
            <h3 class="label">{title}</h3>
            <Lines label=title list />
        </Show>
    }
}

/// Keyed, so that the focus stays on a pin that was pressed.
#[component]
fn Lines(label: &'static str, list: Signal<Vec<Choice>>) -> impl IntoView {
    let pins = use_offers().pins;
    view! {
        <ul role="list" class="procedure-lines" aria-label=label>
            <For each=move || list.get() key=Choice::key let:choice>
                <PinnableLine choice with_runbook=true pins />
            </For>
        </ul>
    }
}

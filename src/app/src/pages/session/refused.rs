//! What the proxy did not accept, until the person has seen it, and what was kept and cannot be read, for good.

use holdpoint_domain::session::ClientCommand;
use leptos::prelude::*;

use crate::components::words::{StatusWord, Word};
use crate::state::app::use_app;
use crate::state::entry::Entry;
use crate::state::session::use_session;

/// The list, while there is something in it.
#[component]
pub fn Refused() -> impl IntoView {
    let outbox = use_app().outbox;
    let unread = move || {
        outbox
            .unread()
            .into_iter()
            .map(|words| view! { <li>{words}</li> })
            .collect::<Vec<_>>()
    };
    let entries = move || {
        let entries = outbox.refused().into_iter();
        entries.map(|entry| view! { <RefusedEntry entry /> }).collect_view()
    };
    view! {
        <Show when=move || !outbox.refused().is_empty() || !outbox.unread().is_empty()>
            <section class="notice refused" role="alert" aria-label="Not accepted">
                <StatusWord kind=Word::NoGo text="Not accepted" />
                <ul aria-label="Not accepted">
                    {unread}
                    {entries}
                </ul>
            </section>
        </Show>
    }
}

#[component]
fn RefusedEntry(entry: Entry) -> impl IntoView {
    let outbox = use_app().outbox;
    let elsewhere = if entry.session == use_session().id {
        ""
    } else {
        " (in another session)"
    };
    let (name, more) = command_words(&entry.request.command);
    let key = entry.key;
    view! {
        <li>
            <span><b>{name}{more}{elsewhere}":"</b>" "{entry.refused}</span>
            <button
                type="button"
                class="btn bare small"
                aria-label=format!("Dismiss: {name}")
                on:click=move |_| outbox.dismiss(key)
            >
                "Dismiss"
            </button>
        </li>
    }
}

/// What a command is called, and the text that somebody wrote with it, so that it is not lost.
fn command_words(command: &ClientCommand) -> (&'static str, Option<String>) {
    let written = |text: &str| (!text.is_empty()).then(|| format!(" “{text}”"));
    match command {
        ClientCommand::Tick { .. } => ("Tick", None),
        ClientCommand::Untick { .. } => ("Take back", None),
        ClientCommand::Skip { .. } => ("Skip", None),
        ClientCommand::RunGate { .. } => ("Run gate", None),
        ClientCommand::AddNote { text, .. } => ("Note", written(text)),
        ClientCommand::FillValue { value, .. } => ("Value", written(value)),
        ClientCommand::StartTimer { .. } => ("Timer", None),
        ClientCommand::Close { summary, .. } => ("Close session", written(summary)),
    }
}

//! What the proxy refused, until the person dismisses it, and stored commands that cannot be read, for good.

use holdpoint_domain::session::{Annotation, ClientCommand};
use leptos::prelude::*;

use crate::components::words::{StatusWord, Word};
use crate::state::app::use_app;
use crate::state::outbox_entry::OutboxEntry;
use crate::state::session::use_session;

#[component]
pub fn Refused() -> impl IntoView {
    let outbox = use_app().outbox;
    let unreadable = move || {
        let all = outbox.unreadable().into_iter();
        all.map(|words| view! { <li>{words}</li> }).collect_view()
    };
    let entries = move || {
        let entries = outbox.refused().into_iter();
        entries.map(|entry| view! { <RefusedEntry entry /> }).collect_view()
    };
    view! {
        <Show when=move || !outbox.refused().is_empty() || !outbox.unreadable().is_empty()>
            // Not spoken whole again when one of several is dismissed.
            <section class="notice refused" role="alert" aria-atomic="false" aria-label="Not accepted">
                <StatusWord kind=Word::NoGo text="Not accepted" />
                <ul role="list" aria-label="Not accepted">
                    {unreadable}
                    {entries}
                </ul>
            </section>
        </Show>
    }
}

#[component]
fn RefusedEntry(entry: OutboxEntry) -> impl IntoView {
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

/// A command's name, and the text that somebody wrote with it, so that it is not lost.
pub(super) fn command_words(command: &ClientCommand) -> (&'static str, Option<String>) {
    let written = |text: &str| (!text.is_empty()).then(|| format!(" “{text}”"));
    match command {
        ClientCommand::Tick { .. } => ("Tick", None),
        ClientCommand::Untick { .. } => ("Take back", None),
        ClientCommand::Skip { .. } => ("Skip", None),
        ClientCommand::ConfirmWork { .. } => ("Done, now check", None),
        ClientCommand::RunGate { .. } => ("Run gate", None),
        ClientCommand::CancelGate { .. } => ("Cancel gate", None),
        ClientCommand::TakeDeclaration { reason, .. } => ("Take the corrected gate", written(reason)),
        ClientCommand::ProceedWithCaution { reason, .. } => ("Proceed with caution", written(reason)),
        ClientCommand::AddNote { text, .. } => ("Note", written(text)),
        ClientCommand::MarkNotFollowed { reason, .. } => ("Could not be followed", written(reason)),
        ClientCommand::FillValue { value, .. } => ("Value", written(value)),
        ClientCommand::StartTimer { .. } => ("Timer", None),
        ClientCommand::Annotate { annotation } => annotation_words(annotation),
        ClientCommand::Close { summary, .. } => ("Close session", written(summary)),
    }
}

/// The same of an annotation.
fn annotation_words(annotation: &Annotation) -> (&'static str, Option<String>) {
    let written = |text: &str| (!text.is_empty()).then(|| format!(" “{text}”"));
    match annotation {
        Annotation::RootCause { whys } => ("Root cause", written(&whys.join("; "))),
        Annotation::Factors { factors } => ("Contributing factors", written(&factors.join("; "))),
        Annotation::Impact { text } => ("Impact on users", written(text)),
        Annotation::Severity { reason, .. } => ("Severity", written(reason)),
        Annotation::Action { text, .. } => ("Action item", written(text)),
        Annotation::ActionState { .. } => ("State of an action item", None),
        Annotation::Star { caption, .. } => ("Star", written(caption)),
        Annotation::Unstar { .. } => ("Take a star away", None),
    }
}

//! What must be seen whatever step is shown: the hold, a rollback under way, the connection, commands not accepted.

use leptos::prelude::*;

use holdpoint_domain::session::{ClientCommand, Standing};

use crate::cells::{Derived, Read};
use super::desk::{Asking, Desk};
use crate::components::hold::{HoldBar, HoldView};
use crate::components::words::{StatusWord, Word};
use crate::state::outbox::Entry;
use crate::state::session::Link;

/// The hold banner, while there is a hold.
#[component]
pub fn HoldNotice(desk: Desk) -> impl IntoView {
    let store = desk.store;
    let hold = Derived::new(move |()| {
        let (step, gate, reason, advice, more) = store.with(|state| {
            (state.standing() == Standing::Hold).then(|| state.hold()).flatten().map(|(step, gate, hold)| {
                (step.clone(), gate.clone(), hold.reason.clone(), hold.advice, state.holds.len().saturating_sub(1))
            })
        })?;
        let refusal = store.refusal(ClientCommand::RunGate { step: step.clone(), gate: gate.clone() });
        Some(HoldView { step, gate, reason, advice, more, refusal })
    });
    move || {
        hold.get().map(|hold| {
            view! {
                <HoldBar
                    hold=hold
                    on_rollback=Callback::new(move |()| desk.asking.set(Some(Asking::Rollback)))
                    on_run=Callback::new(move |(step, gate)| desk.store.ask(ClientCommand::RunGate { step, gate }))
                    on_show=Callback::new(move |step| desk.select(Some(step)))
                />
            }
        })
    }
}

/// Everything else that must be seen.
#[component]
pub fn Notices(desk: Desk) -> impl IntoView {
    view! {
        <RollingBack desk=desk />
        <Connection desk=desk />
        <Refused desk=desk />
    }
}

#[component]
fn RollingBack(desk: Desk) -> impl IntoView {
    let other = Derived::new(move |()| desk.store.with(|state| state.rollback.filter(|_| state.closed.is_none())));
    move || {
        other.get().map(|id| {
            view! {
                <section class="notice back" aria-label="Rollback">
                    <StatusWord kind=Word::Back text="ROLLING BACK" />
                    <p>"This session is being undone. Nothing more can be ticked here; close it when the rollback is done."</p>
                    <div class="acts">
                        <a href=format!("/sessions/{id}") class="btn">"Go to the rollback"</a>
                        <button class="btn" on:click=move |_| desk.asking.set(Some(Asking::Close))>"Close session"</button>
                    </div>
                </section>
            }
        })
    }
}

/// How the connection stands, in the words of a status line.
#[component]
fn Connection(desk: Desk) -> impl IntoView {
    let outbox = desk.app.outbox;
    let words = Derived::new(move |()| {
        let waiting = outbox.waiting();
        match (desk.store.link(), outbox.trouble()) {
            (Link::Offline, _) | (_, Some(_)) => (Word::Hold, format!("Offline: {waiting} waiting to be sent")),
            (Link::Reconnecting, None) => (Word::Run, "Reconnecting…".to_owned()),
            (Link::Connecting, None) => (Word::Wait, "Connecting…".to_owned()),
            (Link::Live, None) => (Word::Go, "Live".to_owned()),
        }
    });
    let why = move || outbox.unkept().or_else(|| outbox.trouble().map(|error| error.to_string()));
    view! {
        <div class="connection" class:trouble=move || words.with(|(kind, _)| *kind != Word::Go)>
            <span role="status" aria-label="Connection">
                <StatusWord kind=Read::derive(move || words.with(|(kind, _)| *kind)) text=Read::derive(move || words.with(|(_, text)| text.clone())) />
            </span>
            {move || why().map(|why| view! { <span class="quiet small">{why}</span> })}
            <Show when=move || outbox.trouble().is_some()>
                <button class="btn bare small" on:click=move |_| outbox.nudge()>"Try now"</button>
            </Show>
        </div>
    }
}

/// What the proxy did not accept, until the person has seen it.
#[component]
fn Refused(desk: Desk) -> impl IntoView {
    let refused = Derived::new(move |()| desk.app.outbox.refused());
    view! {
        <Show when=move || refused.with(|refused| !refused.is_empty())>
            <section class="notice refused" role="alert" aria-label="Not accepted">
                <StatusWord kind=Word::NoGo text="Not accepted" />
                <ul aria-label="Not accepted">
                    <For each=move || refused.get() key=|entry| entry.key let:entry>
                        <RefusedEntry desk=desk entry=entry />
                    </For>
                </ul>
            </section>
        </Show>
    }
}

#[component]
fn RefusedEntry(desk: Desk, entry: Entry) -> impl IntoView {
    let key = entry.key;
    let what = command_words(desk, &entry);
    view! {
        <li>
            <span><b>{what}</b>" "{entry.refused}</span>
            <button class="btn bare small" aria-label=format!("Dismiss: {}", command_name(&entry.request.command)) on:click=move |_| desk.app.outbox.dismiss(key)>
                "Dismiss"
            </button>
        </li>
    }
}

fn command_words(desk: Desk, entry: &Entry) -> String {
    let name = command_name(&entry.request.command);
    let more = match &entry.request.command {
        ClientCommand::AddNote { text, .. } => format!(" “{text}”"),
        ClientCommand::FillValue { value, .. } => format!(" “{value}”"),
        ClientCommand::Close { summary, .. } if !summary.is_empty() => format!(" “{summary}”"),
        _ => String::new(),
    };
    let elsewhere = if entry.session == desk.store.id { "" } else { " (in another session)" };
    format!("{name}{more}{elsewhere}:")
}

fn command_name(command: &ClientCommand) -> &'static str {
    match command {
        ClientCommand::Tick { .. } => "Tick",
        ClientCommand::Untick { .. } => "Take back",
        ClientCommand::Skip { .. } => "Skip",
        ClientCommand::RunGate { .. } => "Run gate",
        ClientCommand::AddNote { .. } => "Note",
        ClientCommand::FillValue { .. } => "Value",
        ClientCommand::StartTimer { .. } => "Timer",
        ClientCommand::Close { .. } => "Close session",
    }
}

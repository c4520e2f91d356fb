//! What must be seen whatever step is shown: the hold, a rollback under way, the connection.

use holdpoint_domain::session::{ClientCommand, Standing};
use leptos::prelude::*;
use leptos_router::components::A;

use super::desk::{OpenDialog, use_desk};
use crate::components::hold::{HoldBar, HoldView};
use crate::components::words::{StatusWord, Word};
use crate::state::app::use_app;
use crate::state::session::{Link, use_session};

/// The hold banner, while there is a hold.
#[component]
pub fn HoldNotice() -> impl IntoView {
    let (desk, session) = (use_desk(), use_session());
    let hold = Memo::new(move |_| {
        let mut hold = session.with_confirmed(|state| {
            let (step, gate, hold) = state.hold().filter(|_| state.standing() == Standing::Hold)?;
            Some(HoldView {
                step: step.clone(),
                gate: gate.clone(),
                reason: hold.reason.clone(),
                advice: hold.advice,
                more: state.holds.len().saturating_sub(1),
                refusal: None,
            })
        })?;
        hold.refusal = session.refusal(ClientCommand::RunGate {
            step: hold.step.clone(),
            gate: hold.gate.clone(),
        });
        Some(hold)
    });
    let on_rollback = Callback::new(move |()| desk.dialog.set(Some(OpenDialog::Rollback)));
    let on_run = Callback::new(move |(step, gate)| session.ask(ClientCommand::RunGate { step, gate }));
    let on_show = Callback::new(move |step| desk.select(Some(step)));
    move || {
        hold.get()
            .map(|hold| view! { <HoldBar hold on_rollback on_run on_show /> })
    }
}

/// A rollback of this session is under way.
#[component]
pub fn RollingBack() -> impl IntoView {
    let (desk, session) = (use_desk(), use_session());
    let rollback = Memo::new(move |_| session.with(|state| state.rollback.filter(|_| state.closed.is_none())));
    move || {
        rollback.get().map(|id| {
            view! {
                <section class="notice back" aria-label="Rollback">
                    <StatusWord kind=Word::Back text="ROLLING BACK" />
                    <p>
                        "This session is being rolled back. Nothing more can be ticked here; close it when the rollback is done."
                    </p>
                    <div class="acts">
                        <A href=format!("/sessions/{id}") attr:class="btn">"Go to the rollback"</A>
                        <button type="button" class="btn" on:click=move |_| desk.dialog.set(Some(OpenDialog::Close))>
                            "Close session"
                        </button>
                    </div>
                </section>
            }
        })
    }
}

/// How the connection stands, as a status line.
#[component]
pub fn Connection() -> impl IntoView {
    let (outbox, session) = (use_app().outbox, use_session());
    let stands = Memo::new(move |_| match (session.link.get(), outbox.trouble()) {
        (Link::Offline, _) | (_, Some(_)) => Word::Hold,
        (Link::Reconnecting, None) => Word::Run,
        (Link::Connecting, None) => Word::Wait,
        (Link::Live, None) => Word::Go,
    });
    let text = Signal::derive(move || match stands.get() {
        Word::Hold => format!("Offline: {} waiting to be sent", outbox.waiting()),
        Word::Run => "Reconnecting…".to_owned(),
        Word::Wait => "Connecting…".to_owned(),
        _ => "Live".to_owned(),
    });
    let why = move || {
        outbox
            .unkept()
            .or_else(|| outbox.trouble().map(|error| error.to_string()))
    };
    view! {
        <div class="connection" class:trouble=move || stands.get() != Word::Go>
            <span role="status" aria-label="Connection"><StatusWord kind=stands text /></span>
            <span class="quiet small">{why}</span>
            <Show when=move || outbox.trouble().is_some()>
                <button type="button" class="btn bare small" on:click=move |_| outbox.nudge()>"Try now"</button>
            </Show>
        </div>
    }
}

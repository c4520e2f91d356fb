//! What must be seen whatever step is shown: the hold and the connection.

use holdpoint_domain::gate::Outcome;
use holdpoint_domain::session::{ClientCommand, Standing};
use leptos::prelude::*;

use super::ui::{OpenDialog, use_ui};
use crate::components::hold::{HoldBar, HoldView};
use crate::components::words::{StatusWord, Word};
use crate::format::{TimeFormat, local_time};
use crate::state::app::use_app;
use crate::state::session::{Link, perform, use_session};

#[component]
pub fn HoldNotice() -> impl IntoView {
    let session = use_session();
    let hold = Memo::new(move |_| {
        session.with_confirmed(|state| {
            let (step, gate, hold) = state.hold().filter(|_| state.standing() == Standing::Hold)?;
            Some(HoldView {
                step: step.clone(),
                gate: gate.clone(),
                title: state
                    .gate_snapshot(gate)
                    .map_or_else(|| gate.clone(), |gate| gate.title.clone()),
                reason: hold.reason.clone(),
                advice: hold.advice,
                undecided: state.outcome_of_hold(hold) != Outcome::Fail,
                more: state.holds.len().saturating_sub(1),
            })
        })
    });
    let is_held = Memo::new(move |_| hold.with(Option::is_some));
    move || {
        let first = is_held.get().then(|| hold.get_untracked()).flatten();
        first.map(|first| view! { <Hold first hold /> })
    }
}

#[component]
fn Hold(
    /// As the hold began.
    first: HoldView,
    hold: Memo<Option<HoldView>>,
) -> impl IntoView {
    let (ui, session) = (use_ui(), use_session());
    let hold = Signal::derive(move || hold.get().unwrap_or_else(|| first.clone()));
    let run_again = move || {
        hold.with(|hold| ClientCommand::RunGate {
            step: hold.step.clone(),
            gate: hold.gate.clone(),
        })
    };
    view! {
        <HoldBar
            hold
            refusal=Memo::new(move |_| session.refusal(run_again()))
            on_rollback=Callback::new(move |()| ui.dialog.set(Some(OpenDialog::Rollback)))
            on_run=Callback::new(move |()| perform(session, untrack(run_again)))
            on_caution=Callback::new(move |()| {
                let (step, gate) = hold.with_untracked(|hold| (hold.step.clone(), hold.gate.clone()));
                ui.dialog.set(Some(OpenDialog::Caution(step, gate)));
            })
            on_show_step=Callback::new(move |()| ui.select(Some(hold.with_untracked(|hold| hold.step.clone()))))
        />
    }
}

#[component]
pub fn Connection() -> impl IntoView {
    let (outbox, session) = (use_app().outbox, use_session());
    let stands = Memo::new(move |_| match (session.link.get(), outbox.send_error()) {
        (Link::Offline, _) | (_, Some(_)) => Word::Hold,
        (Link::Reconnecting, None) => Word::Run,
        // The proxy has just said what is shown. Whether the stream works is not known for some seconds more.
        (Link::Connecting, None) if !session.is_live() => Word::Wait,
        (Link::Connecting | Link::Live | Link::Polling, None) => Word::Go,
    });
    let text = Signal::derive(move || match stands.get() {
        Word::Hold => match outbox.waiting() {
            0 => "Offline: nothing is waiting to be sent".to_owned(),
            waiting => format!("Offline: {waiting} waiting to be sent"),
        },
        Word::Run => "Reconnecting…".to_owned(),
        Word::Wait => "Connecting…".to_owned(),
        _ => match session.link.get() {
            Link::Polling => "Asking every 2 seconds".to_owned(),
            Link::Connecting => "Up to date".to_owned(),
            _ => "Live".to_owned(),
        },
    });
    let last = Memo::new(move |_| session.with_records(|records| records.last().map(|record| record.at)));
    let known_at = move || {
        let at = last.get().filter(|_| session.is_lost())?;
        let time = local_time(at, TimeFormat::Minutes);
        Some(format!(
            "Connection lost. This page shows what was known; the last change was at {time}."
        ))
    };
    let why = move || {
        outbox
            .storage_problem()
            .or_else(|| outbox.send_error().map(|error| error.to_string()))
            .or_else(known_at)
    };
    view! {
        <div class="connection" class:trouble=move || stands.get() != Word::Go>
            // What changes here is said in the one live region.
            <span role="status" aria-live="off" aria-label="Connection"><StatusWord kind=stands text /></span>
            <span class="quiet small">{why}</span>
            <button
                type="button"
                class="btn bare small"
                hidden=move || outbox.send_error().is_none()
                on:click=move |_| outbox.retry_now()
            >
                "Try now"
            </button>
        </div>
    }
}

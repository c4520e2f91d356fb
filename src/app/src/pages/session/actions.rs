//! What can be done with the shown step.

use holdpoint_domain::session::{ClientCommand, HowDone, State, StepId, TickedBy};
use leptos::prelude::*;

use super::ui::{OpenDialog, use_ui};
use super::work::WorkButton;
use crate::components::icons::{Glyph, Icon};
use crate::components::keys::{KeyHint, shortcut};
use crate::components::words::{StatusWord, Word};
use crate::format::{TimeFormat, local_time};
use crate::state::session::use_session;

/// How a step was done, and the buttons under it. A step with gates or sub-steps is not ticked by hand.
#[component]
pub fn StepActions(step: StepId, by_hand: bool, optional: bool) -> impl IntoView {
    let (ui, session) = (use_ui(), use_session());
    let id = StoredValue::new(step.clone());
    let done = Memo::new(move |_| id.with_value(|id| session.with(|state| state.is_done(id))));
    let mine = Memo::new(move |_| id.with_value(|id| session.with(|state| can_take_back(state, id))));
    let undone = Memo::new(move |_| session.with(|state| state.rollback.is_some()));
    let to_do = move || !ui.closed.get() && !done.get();
    let open = move |dialog: OpenDialog| ui.dialog.set(Some(dialog));
    view! {
        <DoneLine step />
        <div class="acts">
            <Show when=move || by_hand && to_do()><TickButton step=id.get_value() /></Show>
            <WorkButton step=id.get_value() />
            <button type="button" class="btn" aria-keyshortcuts=shortcut("n") on:click=move |_| open(OpenDialog::Note)>
                <Icon glyph=Glyph::Note />"Note "<KeyHint key="n" />
            </button>
            <button
                type="button"
                class="btn bare"
                hidden=move || !(optional && to_do())
                on:click=move |_| open(OpenDialog::Skip(id.get_value()))
            >
                "Skip step"
            </button>
            <button
                type="button"
                class="btn bare"
                hidden=move || !mine.get() || ui.closed.get()
                on:click=move |_| open(OpenDialog::TakeBack(id.get_value()))
            >
                "Take back"
            </button>
            <span class="acts-end" hidden=move || ui.closed.get()>
                <button type="button" class="btn bare" on:click=move |_| open(OpenDialog::Close)>
                    "Close session"
                </button>
                <button
                    type="button"
                    class="btn danger"
                    hidden=move || undone.get()
                    on:click=move |_| open(OpenDialog::Rollback)
                >
                    <Icon glyph=Glyph::Back />"Roll back"
                </button>
            </span>
        </div>
    }
}

/// The button that ticks, and why it cannot be used now, where it cannot.
#[component]
fn TickButton(step: StepId) -> impl IntoView {
    let (ui, session) = (use_ui(), use_session());
    let id = step.clone();
    let refusal = Memo::new(move |_| session.refusal(ClientCommand::Tick { step: id.clone() }));
    view! {
        <button
            type="button"
            class="btn primary tick-button"
            aria-disabled=move || refusal.with(Option::is_some).then_some("true")
            aria-describedby="tick-reason"
            aria-keyshortcuts=shortcut("x")
            // The second click of a double click is not meant for the step that the first one brought here.
            on:click=move |event| if event.detail() < 2 { ui.tick(step.clone()) }
        >
            <Icon glyph=Glyph::Check />"Tick step "<KeyHint key="x" />
        </button>
        <span id="tick-reason" class="tick-reason quiet small">{move || refusal.get()}</span>
    }
}

/// Who did the step, when, and by what right, once the proxy has recorded it.
#[component]
fn DoneLine(step: StepId) -> impl IntoView {
    let session = use_session();
    let id = step.clone();
    let line = Memo::new(move |_| session.with(|state| done_words(state, &id)));
    let sending = session
        .row(&step)
        .map(|row| Memo::new(move |_| row.with(|row| row.sending)));
    move || {
        line.get().map(|(skipped, line)| {
            let (kind, text) = match (sending.is_some_and(|sending| sending.get()), skipped) {
                (true, _) => (Word::Wait, "WAITING TO BE SENT"),
                (false, true) => (Word::Wait, "SKIPPED"),
                (false, false) => (Word::Go, "DONE"),
            };
            view! { <p class="done-line"><StatusWord kind text /><span>{line}</span></p> }
        })
    }
}

/// Whether it was skipped, and how it was done.
fn done_words(state: &State, step: &str) -> Option<(bool, String)> {
    let done = state.done.get(step)?;
    let (at, who) = (local_time(done.at, TimeFormat::Seconds), done.actor.name());
    let skipped = matches!(done.how, HowDone::Skipped(_));
    let words = match &done.how {
        HowDone::Ticked(TickedBy::Gate { .. }) => format!("Ticked by its gates at {at}"),
        HowDone::Ticked(TickedBy::Caution { run }) => {
            let decided = state
                .cautions
                .iter()
                .find(|((of, _), one)| of == step && one.run == *run);
            match decided {
                Some((_, one)) => format!(
                    "Gone on with at {at}, without a pass, by {}: {}",
                    one.actor.name(),
                    one.reason
                ),
                None => format!("Gone on with at {at}, without a pass"),
            }
        }
        HowDone::Ticked(TickedBy::Children) => format!("Ticked with its last sub-step at {at}"),
        HowDone::Ticked(TickedBy::Person) => format!("Ticked by {who} at {at}"),
        HowDone::Skipped(reason) => format!("Skipped by {who} at {at}: {reason}"),
    };
    Some((skipped, words))
}

fn can_take_back(state: &State, step: &str) -> bool {
    let how = state.done.get(step).map(|done| &done.how);
    matches!(how, Some(HowDone::Ticked(TickedBy::Person) | HowDone::Skipped(_))) && state.rollback.is_none()
}

//! What can be done with the shown step.

use holdpoint_domain::gate::Verdict;
use holdpoint_domain::runbook::ProcedureKind;
use holdpoint_domain::session::{ClientCommand, HowDone, NoRollback, RunId, Started, State, StepId, TickedBy};
use leptos::prelude::*;

use super::linked::use_linked;
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
    let no_way_back = Memo::new(move |_| session.with(has_no_way_back));
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
                    hidden=move || no_way_back.get()
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
    let (ui, session, linked) = (use_ui(), use_session(), use_linked());
    let id = step.clone();
    let refusal = Memo::new(move |_| session.refusal(ClientCommand::Tick { step: id.clone() }));
    let about_rollback = session.with_untracked(|state| is_about_rollback(state, &step));
    // It may be ticked all the same: what it says was done may have been done elsewhere.
    let rollback = move || {
        about_rollback
            .then(|| {
                linked
                    .sentence()
                    .unwrap_or_else(|| "No rollback was started from this session.".to_owned())
            })
            .map(|sentence| format!(" {sentence}"))
    };
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
        <span id="tick-reason" class="tick-reason quiet small">{move || refusal.get()}{rollback}</span>
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
        line.get().map(|(word, line)| {
            let (kind, text) = match sending.is_some_and(|sending| sending.get()) {
                true => (Word::Wait, "WAITING TO BE SENT"),
                false => word,
            };
            view! { <p class="done-line"><StatusWord kind text /><span>{line}</span></p> }
        })
    }
}

/// The word for how it was done, and who did it, when and why.
fn done_words(state: &State, step: &str) -> Option<((Word, &'static str), String)> {
    let done = state.done.get(step)?;
    let (at, who) = (local_time(done.at, TimeFormat::Seconds), done.actor.name());
    let words = match &done.how {
        HowDone::Ticked(TickedBy::Gate { .. }) => format!("Ticked by its gates at {at}"),
        HowDone::Ticked(TickedBy::Caution { run }) => caution_words(state, step, *run, &at),
        HowDone::Ticked(TickedBy::Children) => format!("Ticked with its last sub-step at {at}"),
        HowDone::Ticked(TickedBy::Person) => format!("Ticked by {who} at {at}"),
        HowDone::Skipped(reason) => format!("Left out by {who} at {at}: {reason}"),
    };
    let word = match &done.how {
        HowDone::Skipped(_) => (Word::Wait, "LEFT OUT"),
        HowDone::Ticked(TickedBy::Caution { .. }) => (Word::Alert, "DONE WITHOUT A PASS"),
        HowDone::Ticked(_) => (Word::Go, "DONE"),
    };
    Some((word, words))
}

/// Who went on without a pass and why, whatever became of the gate since.
fn caution_words(state: &State, step: &str, run: RunId, at: &str) -> String {
    let Some((gate, decided)) = state.decisions.get(&(step.to_owned(), run)) else {
        return format!("Gone on with at {at}, without a pass");
    };
    let since = match state.last_verdict(step, gate).is_some_and(Verdict::passes) {
        true => ". The gate has passed since",
        false => "",
    };
    let (name, reason) = (decided.actor.name(), &decided.reason);
    format!("Gone on with at {at}, without a pass, by {name}: {reason}{since}")
}

/// A rollback was started already, or there is nothing to roll a rollback back with.
pub(super) fn has_no_way_back(state: &State) -> bool {
    let none = state.started.as_deref().and_then(Started::no_rollback);
    state.rollback.is_some() || none == Some(NoRollback::IsRollback)
}

/// Whether a step of an emergency asks for its rollback.
fn is_about_rollback(state: &State, step: &str) -> bool {
    let is_emergency = state
        .procedure
        .as_ref()
        .is_some_and(|procedure| procedure.kind == ProcedureKind::Emergency);
    is_emergency && state.step(step).is_some_and(|step| names_rollback(&step.title))
}

fn names_rollback(title: &str) -> bool {
    let title = title.to_lowercase();
    ["roll back", "rollback"].iter().any(|words| title.contains(words))
}

pub(super) fn can_take_back(state: &State, step: &str) -> bool {
    let how = state.done.get(step).map(|done| &done.how);
    matches!(how, Some(HowDone::Ticked(TickedBy::Person) | HowDone::Skipped(_))) && state.rollback.is_none()
}

#[cfg(test)]
mod tests {
    use super::names_rollback;

    #[test]
    fn a_step_about_a_rollback_is_known_by_its_title() {
        for title in [
            "Roll back: go through the perfect rollback",
            "ROLL BACK",
            "Start the rollback",
        ] {
            assert!(names_rollback(title), "{title}");
        }
        for title in ["Back up: take a snapshot", "Restart: trigger a redeploy"] {
            assert!(!names_rollback(title), "{title}");
        }
    }
}

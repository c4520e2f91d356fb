//! What the captain writes: a note, a reason, an outcome. Each form keeps what was typed until it is sent.

use holdpoint_domain::session::SessionOutcome;
use leptos::prelude::*;

use crate::cells::{Held, Read};

/// A text to write, with one button.
#[component]
pub fn TextForm(
    /// The field's label.
    #[prop(into)]
    label: String,
    /// What the button says.
    #[prop(into)]
    button: String,
    /// What is said under the field.
    #[prop(into)]
    hint: String,
    /// What was typed before.
    #[prop(into)]
    start: String,
    /// Each change.
    on_change: Callback<String>,
    /// The button was pressed, and there is a text.
    on_save: Callback<String>,
) -> impl IntoView {
    let text = Held::new(start);
    let problem = Held::new(None::<&'static str>);
    let save = move || {
        let written = text.with_untracked(|text| text.trim().to_owned());
        if written.is_empty() {
            problem.set(Some("Write something first."));
        } else {
            on_save.run(written);
        }
    };
    view! {
        <form class="form" novalidate on:submit=move |event| { event.prevent_default(); save(); }>
            <label for="dialog-text">{label}</label>
            <textarea
                id="dialog-text"
                rows="5"
                maxlength="10000"
                autofocus
                aria-describedby="dialog-text-hint"
                aria-invalid=move || problem.get().map(|_| "true")
                prop:value=move || text.get()
                on:input=move |event| {
                    let value = event_target_value(&event);
                    on_change.run(value.clone());
                    problem.set(None);
                    text.set(value);
                }
                on:keydown=move |event| {
                    if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
                        event.prevent_default();
                        save();
                    }
                }
            ></textarea>
            <p id="dialog-text-hint" class="small" class:problem=move || problem.get().is_some() class:quiet=move || problem.get().is_none()>
                {move || problem.get().map_or_else(|| hint.clone(), str::to_owned)}
            </p>
            <div class="acts"><button type="submit" class="btn primary">{button}</button></div>
        </form>
    }
}

/// An outcome that a session can be closed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutcomeChoice {
    /// Which.
    pub outcome: SessionOutcome,
    /// Its name.
    pub name: &'static str,
    /// Why it cannot be chosen now, where it cannot.
    pub refusal: Option<String>,
}

/// How a session ends.
#[component]
pub fn CloseForm(
    /// The outcomes.
    #[prop(into)]
    choices: Read<Vec<OutcomeChoice>>,
    /// The summary as typed before.
    #[prop(into)]
    start: String,
    /// Each change of the summary.
    on_change: Callback<String>,
    /// Closes it.
    on_close: Callback<(SessionOutcome, String)>,
) -> impl IntoView {
    let summary = Held::new(start);
    let first = choices.with_untracked(|choices| choices.iter().find(|one| one.refusal.is_none()).map(|one| one.outcome));
    let chosen = Held::new(first);
    let radios = move || {
        let radio = move |choice: OutcomeChoice| {
            let refused = choice.refusal.is_some();
            view! {
                <label class="radio" class:refused=refused>
                    <input
                        type="radio"
                        name="outcome"
                        disabled=refused
                        prop:checked=move || chosen.get() == Some(choice.outcome)
                        on:change=move |_| chosen.set(Some(choice.outcome))
                    />
                    <span>{choice.name}<small class="quiet">{choice.refusal}</small></span>
                </label>
            }
        };
        choices.get().into_iter().map(radio).collect::<Vec<_>>()
    };
    view! {
        <form class="form" novalidate on:submit=move |event| {
            event.prevent_default();
            if let Some(outcome) = chosen.get_untracked() {
                on_close.run((outcome, summary.with_untracked(|text| text.trim().to_owned())));
            }
        }>
            <fieldset><legend>"How did it end?"</legend>{radios}</fieldset>
            <label for="close-summary">"Summary"</label>
            <textarea
                id="close-summary"
                rows="4"
                maxlength="10000"
                aria-describedby="close-hint"
                prop:value=move || summary.get()
                on:input=move |event| {
                    let value = event_target_value(&event);
                    on_change.run(value.clone());
                    summary.set(value);
                }
            ></textarea>
            <p id="close-hint" class="quiet small">"What should be remembered of it. After the closing only notes can be added."</p>
            <div class="acts"><button type="submit" class="btn primary" disabled=move || chosen.get().is_none()>"Close session"</button></div>
        </form>
    }
}

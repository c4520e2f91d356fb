//! What the captain writes: a note, a reason, an outcome.

use holdpoint_domain::session::SessionOutcome;
use leptos::prelude::*;

/// A text to write, with one button.
#[component]
pub fn TextForm(
    /// The field's label.
    label: &'static str,
    /// What the button says.
    button: &'static str,
    /// What is said under the field.
    hint: &'static str,
    /// What was typed so far.
    #[prop(into)]
    text: Signal<String>,
    /// Takes each change.
    set_text: WriteSignal<String>,
    /// The button was pressed, and there is a text.
    on_save: Callback<String>,
) -> impl IntoView {
    let problem = RwSignal::new(None::<&'static str>);
    let save = move || {
        let written = text.with_untracked(|text| text.trim().to_owned());
        if written.is_empty() {
            problem.set(Some("Write something first."));
        } else {
            on_save.run(written);
        }
    };
    view! {
        <form
            class="form"
            novalidate
            on:submit=move |event| {
                event.prevent_default();
                save();
            }
        >
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
                    set_text.set(event_target_value(&event));
                    problem.set(None);
                }
                on:keydown=move |event| {
                    if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
                        event.prevent_default();
                        save();
                    }
                }
            ></textarea>
            <p id="dialog-text-hint" class=move || if problem.get().is_some() { "small problem" } else { "small quiet" }>
                {move || problem.get().unwrap_or(hint)}
            </p>
            <div class="acts"><button type="submit" class="btn primary">{button}</button></div>
        </form>
    }
}

/// A choice among several: a name, and more about it in small type.
#[component]
pub fn Radio(
    /// The name that the choices have in common.
    group: &'static str,
    #[prop(into)] name: String,
    #[prop(into)] about: String,
    /// It cannot be chosen.
    #[prop(optional)]
    refused: bool,
    chosen: Signal<bool>,
    on_choose: Callback<()>,
) -> impl IntoView {
    view! {
        <label class="radio" class:refused=refused>
            <input
                type="radio"
                name=group
                disabled=refused
                prop:checked=move || chosen.get()
                on:change=move |_| on_choose.run(())
            />
            <span>{name}<small class="quiet">{about}</small></span>
        </label>
    }
}

/// An outcome that a session can be closed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutcomeChoice {
    /// The outcome.
    pub outcome: SessionOutcome,
    /// Its name.
    pub name: &'static str,
    /// Why it cannot be chosen now, where it cannot.
    pub refusal: Option<String>,
}

/// How a session ends.
#[component]
pub fn CloseForm(
    choices: Vec<OutcomeChoice>,
    /// The summary as typed so far.
    summary: Signal<String>,
    /// Takes each change of the summary.
    set_summary: WriteSignal<String>,
    /// Closes it.
    on_close: Callback<(SessionOutcome, String)>,
) -> impl IntoView {
    let chosen = RwSignal::new(choices.iter().find(|one| one.refusal.is_none()).map(|one| one.outcome));
    let radio = |OutcomeChoice { outcome, name, refusal }| {
        let is_chosen = Signal::derive(move || chosen.get() == Some(outcome));
        let on_choose = Callback::new(move |()| chosen.set(Some(outcome)));
        let refused = refusal.is_some();
        let about = refusal.unwrap_or_default();
        view! { <Radio group="outcome" name about refused chosen=is_chosen on_choose /> }
    };
    let radios: Vec<_> = choices.into_iter().map(radio).collect();
    view! {
        <form
            class="form"
            novalidate
            on:submit=move |event| {
                event.prevent_default();
                if let Some(outcome) = chosen.get_untracked() {
                    on_close.run((outcome, summary.with_untracked(|text| text.trim().to_owned())));
                }
            }
        >
            <fieldset><legend>"How did it end?"</legend>{radios}</fieldset>
            <label for="close-summary">"Summary"</label>
            <textarea
                id="close-summary"
                rows="4"
                maxlength="10000"
                aria-describedby="close-hint"
                prop:value=move || summary.get()
                on:input=move |event| set_summary.set(event_target_value(&event))
            ></textarea>
            <p id="close-hint" class="quiet small">
                "What should be remembered. After closing, only notes can be added."
            </p>
            <div class="acts">
                <button type="submit" class="btn primary" disabled=move || chosen.get().is_none()>
                    "Close session"
                </button>
            </div>
        </form>
    }
}

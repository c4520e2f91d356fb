//! The question before a rollback is started.

use leptos::prelude::*;

use crate::cells::{Held, Read};
use crate::state::session::Rollback;

/// What will happen, and the button that makes it happen.
#[component]
pub fn RollbackForm(
    /// What can undo the session.
    choices: Vec<Rollback>,
    /// The runbook's name.
    #[prop(into)]
    runbook: String,
    /// It is being started.
    #[prop(into)]
    starting: Read<bool>,
    /// Why it could not be started.
    #[prop(into)]
    problem: Read<Option<String>>,
    /// Starts it.
    on_start: Callback<String>,
) -> impl IntoView {
    let chosen = Held::new(choices.first().map(|one| one.id.clone()));
    let none = choices.is_empty();
    let one = choices.len() == 1;
    let list: Vec<_> = choices
        .into_iter()
        .map(|choice| {
            let id = StoredValue::new(choice.id);
            let steps = format!("{} steps", choice.steps);
            view! {
                <label class="radio">
                    <input
                        type="radio"
                        name="rollback"
                        prop:checked=move || chosen.with(|chosen| id.with_value(|id| chosen.as_ref() == Some(id)))
                        on:change=move |_| chosen.set(Some(id.get_value()))
                    />
                    <span>{choice.title}<small class="quiet">{steps}</small></span>
                </label>
            }
        })
        .collect();
    let legend = if one { "It runs this procedure" } else { "Which procedure?" };
    view! {
        <form class="form" on:submit=move |event| {
            event.prevent_default();
            if let Some(id) = chosen.get_untracked().filter(|_| !starting.get_untracked()) {
                on_start.run(id);
            }
        }>
            <p>"A rollback is a session of its own, linked to this one. From then on nothing more can be ticked here."</p>
            <Show when=move || none>
                <p class="problem">
                    "This runbook has no rollback procedure. Start the one of another runbook from the list of runbooks."
                </p>
            </Show>
            <fieldset class:sr-only=none><legend>{legend}</legend>{list}</fieldset>
            {move || problem.get().map(|problem| view! {
                <p class="problem" role="alert">{problem}" "<a href=format!("/runbooks/{runbook}")>"Open the runbook"</a></p>
            })}
            <div class="acts">
                <button type="submit" class="btn danger filled" disabled=move || none || starting.get()>
                    {move || if starting.get() { "Starting…" } else { "Start rollback" }}
                </button>
            </div>
        </form>
    }
}

//! The question before a rollback is started.

use holdpoint_domain::wire::ProcedureBrief;
use leptos::prelude::*;
use leptos_router::components::A;

use crate::components::dialog::CancelButton;
use crate::components::forms::Radio;
use crate::format::count;

#[component]
pub fn RollbackForm(
    /// The procedures that can undo the session.
    choices: Vec<ProcedureBrief>,
    /// The runbook's name, to open it where starting a rollback did not work.
    runbook: String,
    #[prop(into)] starting: Signal<bool>,
    problem: Signal<Option<String>>,
    /// Starts the procedure with this id.
    on_start: Callback<String>,
) -> impl IntoView {
    let chosen = RwSignal::new(choices.first().map(|one| one.id.clone()));
    let none = choices.is_empty();
    let problem = move || {
        problem.get().map(|problem| {
            let href = format!("/runbooks/{runbook}");
            view! { <p class="problem" role="alert">{problem}" "<A href>"Open the runbook"</A></p> }
        })
    };
    view! {
        <form
            class="form"
            on:submit=move |event| {
                event.prevent_default();
                if let Some(id) = chosen.get_untracked().filter(|_| !starting.get_untracked()) {
                    on_start.run(id);
                }
            }
        >
            <p>
                "The rollback runs as a session of its own, linked to this one. Once it starts, nothing more can be ticked here."
            </p>
            <Choices choices chosen />
            {problem}
            <div class="acts">
                <button type="submit" class="btn danger filled" disabled=move || none || starting.get()>
                    {move || if starting.get() { "Starting…" } else { "Start rollback" }}
                </button>
                <CancelButton />
            </div>
        </form>
    }
}

#[component]
fn Choices(choices: Vec<ProcedureBrief>, chosen: RwSignal<Option<String>>) -> AnyView {
    if choices.is_empty() {
        let words = "This runbook has no rollback procedure. Start one of another runbook from the list of runbooks.";
        return view! { <p class="problem">{words}</p> }.into_any();
    }
    let legend = if choices.len() == 1 {
        "It runs this procedure"
    } else {
        "Which procedure?"
    };
    let radio = |choice: ProcedureBrief| {
        let id = StoredValue::new(choice.id);
        let is_chosen = Signal::derive(move || id.with_value(|id| chosen.with(|chosen| chosen.as_ref() == Some(id))));
        let on_choose = Callback::new(move |()| chosen.set(Some(id.get_value())));
        let about = count(choice.steps as usize, "step");
        view! { <Radio group="rollback" name=choice.title about chosen=is_chosen on_choose /> }
    };
    let radios: Vec<_> = choices.into_iter().map(radio).collect();
    view! { <fieldset><legend>{legend}</legend>{radios}</fieldset> }.into_any()
}

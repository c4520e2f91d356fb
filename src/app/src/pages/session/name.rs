//! The name of whoever uses this browser: each entry of the log carries one, and nobody acts in somebody else's.

use leptos::prelude::*;

use super::ui::use_ui;
use crate::components::attention::use_attention;
use crate::components::dialog::{CancelButton, Dialog};
use crate::components::scroll::{after_paint, focus};
use crate::state::app::use_app;

const FIELD: &str = "own-name";

/// Open while something waits for the name, over the dialog that it came from. Closing it without a name drops what waits: nothing
/// was sent, and what was typed is still there.
#[component]
pub fn NameDialog() -> impl IntoView {
    let app = use_app();
    let open = Signal::derive(move || app.unnamed.with(|waiting| !waiting.is_empty()));
    let close = move |()| app.unnamed.update(Vec::clear);
    // What waits belongs to this page, and must not be done on another one.
    on_cleanup(move || app.unnamed.update(Vec::clear));
    let on_name = Callback::new(move |name: String| {
        let waiting = app.unnamed.get_untracked();
        app.unnamed.update(Vec::clear);
        waiting.into_iter().for_each(|then| then.run(name.clone()));
    });
    view! {
        <Dialog open title="Who are you?" on_close=close>
            <NameForm button="Go on" on_name />
        </Dialog>
    }
}

/// Says another name than before. What waits to be sent keeps the name in which it was done.
#[component]
pub fn ChangeName() -> impl IntoView {
    let (ui, attention) = (use_ui(), use_attention());
    // It may have come in another dialog's place, which no browser puts the focus into.
    after_paint(|| focus(FIELD));
    let on_name = Callback::new(move |name: String| {
        ui.dialog.set(None);
        attention.say(format!("You are {name} now."));
    });
    view! { <NameForm button="Save name" on_name /> }
}

#[component]
fn NameForm(button: &'static str, on_name: Callback<String>) -> impl IntoView {
    let app = use_app();
    let name = RwSignal::new(app.settings.name_untracked());
    let problem = RwSignal::new(None::<&'static str>);
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let written = name.with_untracked(|name| name.trim().to_owned());
        let wrong = match written.chars().count() {
            0 => "Enter your name.",
            1..=100 => {
                app.settings.set_name(&written);
                on_name.run(written);
                return;
            }
            _ => "At most 100 characters.",
        };
        problem.set(Some(wrong));
        focus(FIELD);
    };
    view! {
        <form class="form" on:submit=save novalidate>
            <div class="field">
                <label for=FIELD>"Your name"</label>
                <input
                    id=FIELD
                    type="text"
                    autocomplete="name"
                    aria-describedby="own-name-hint own-name-problem"
                    aria-invalid=move || problem.get().map(|_| "true")
                    bind:value=name
                    autofocus
                />
                <p class="quiet small" id="own-name-hint">
                    "It appears in the log beside what you do. This browser remembers it."
                </p>
                <p class="problem" id="own-name-problem" role="alert">{move || problem.get()}</p>
            </div>
            <div class="acts">
                <button type="submit" class="btn primary">{button}</button>
                <CancelButton />
            </div>
        </form>
    }
}

//! The name of whoever uses this browser: each entry of the log carries one, and nobody acts in somebody else's.

use leptos::prelude::*;

use crate::components::dialog::{CancelButton, Dialog};
use crate::state::app::use_app;

/// Open while something waits for the name. Closing it without one drops what waits: nothing was sent.
#[component]
pub fn NameDialog() -> impl IntoView {
    let app = use_app();
    let open = Signal::derive(move || app.unnamed.with(|waiting| !waiting.is_empty()));
    let close = move |()| app.unnamed.update(Vec::clear);
    view! {
        <Dialog open title="Who are you?" on_close=close>
            <NameForm />
        </Dialog>
    }
}

#[component]
fn NameForm() -> impl IntoView {
    let app = use_app();
    let name = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<&'static str>);
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let written = name.with_untracked(|name| name.trim().to_owned());
        match written.chars().count() {
            0 => problem.set(Some("Enter your name.")),
            1..=100 => {
                app.settings.set_name(&written);
                let waiting = app.unnamed.get_untracked();
                app.unnamed.update(Vec::clear);
                waiting.into_iter().for_each(|then| then.run(written.clone()));
            }
            _ => problem.set(Some("At most 100 characters.")),
        }
    };
    view! {
        <form class="form" on:submit=save novalidate>
            <div class="field">
                <label for="own-name">"Your name"</label>
                <input
                    id="own-name"
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
                <button type="submit" class="btn primary">"Go on"</button>
                <CancelButton />
            </div>
        </form>
    }
}

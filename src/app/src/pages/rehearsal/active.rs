//! The faults that are on, in sight wherever the page is scrolled.

use holdpoint_domain::wire::FaultState;
use leptos::prelude::*;

use crate::components::scroll::{after_paint, focus};
use crate::format::count;
use crate::state::faults::Faults;

/// The id of the heading, which gets the focus when the button that had it goes.
const HEADING: &str = "active-faults";

#[component]
pub fn ActiveFaults(
    faults: Faults,
    /// The title of the gate with this name.
    gate_title: Callback<String, String>,
) -> impl IntoView {
    let number = move || faults.with(|list| list.iter().filter(|fault| fault.on).count());
    let status = move || match number() {
        0 => "No fault is on: every gate should pass.".to_owned(),
        1 => "1 fault is on.".to_owned(),
        more => format!("{} are on.", count(more, "fault")),
    };
    // None switches all of them off.
    let switch_off = Action::new_local(move |id: &Option<String>| {
        let id = id.clone();
        async move {
            match id {
                Some(id) => faults.switch(id, false).await?,
                None => faults.switch_all_off().await?,
            }
            after_paint(|| focus(HEADING));
            Ok::<_, crate::api::ApiError>(())
        }
    });
    let problem = move || switch_off.value().get()?.err().map(|error| error.to_string());
    let row = move |fault: FaultState| {
        let name = match fault.gate {
            Some(gate) => format!("{}: {}", gate_title.run(gate), fault.title),
            None => fault.title,
        };
        let label = format!("Switch off: {name}");
        let id = fault.id;
        let click = move |_| {
            switch_off.dispatch_local(Some(id.clone()));
        };
        view! {
            <li>
                <span>{name}</span>
                <button type="button" class="btn small" aria-label=label on:click=click>
                    "Switch off"
                </button>
            </li>
        }
    };
    view! {
        <section class="active-faults" class:on=move || { number() > 0 } aria-labelledby=HEADING>
            <header>
                <h2 id=HEADING tabindex="-1">
                    <span role="status">{status}</span>
                </h2>
                <Show when=move || { number() > 0 }>
                    <button
                        type="button"
                        class="btn small"
                        on:click=move |_| {
                            switch_off.dispatch_local(None);
                        }
                    >
                        "Switch all off"
                    </button>
                </Show>
            </header>
            <ul>
                <For each=move || faults.active() key=|fault| fault.id.clone() children=row />
            </ul>
            <p class="field-error" role="alert">
                {problem}
            </p>
        </section>
    }
}

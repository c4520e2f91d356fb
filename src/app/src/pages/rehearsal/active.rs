//! The faults that are on, in sight wherever the page is scrolled.

use holdpoint_domain::wire::FaultState;
use leptos::prelude::*;

use super::groups::GateFacts;
use crate::components::scroll::{after_paint, focus};
use crate::format::count;
use crate::state::faults::Faults;

/// The id of the heading, which gets the focus when the button that had it goes.
const HEADING: &str = "active-faults";

#[component]
pub fn ActiveFaults(
    faults: Faults,
    /// Why the list could not be fetched again, or a fault not be switched off here.
    problem: RwSignal<Option<String>>,
    facts: StoredValue<GateFacts>,
) -> impl IntoView {
    let number = Memo::new(move |_| faults.active().len());
    let status = move || match number.get() {
        0 => "No fault is on: every gate should pass.".to_owned(),
        1 => "1 fault is on.".to_owned(),
        more => format!("{} are on.", count(more, "fault")),
    };
    // None switches all of them off.
    let switch_off = Callback::new(move |id: Option<String>| {
        leptos::task::spawn_local(async move {
            let answer = match id {
                Some(id) => faults.switch(&id, false).await,
                None => faults.switch_all_off().await,
            };
            if answer.is_ok() {
                after_paint(|| focus(HEADING));
            }
            problem.try_set(answer.err().map(|error| error.to_string()));
        });
    });
    let row = move |fault: FaultState| {
        let name = facts.with_value(|facts| facts.full_name(&fault));
        let label = format!("Switch off: {name}");
        let id = fault.id;
        view! {
            <li>
                <span>{name}</span>
                <button
                    type="button"
                    class="btn small"
                    aria-label=label
                    on:click=move |_| switch_off.run(Some(id.clone()))
                >
                    "Switch off"
                </button>
            </li>
        }
    };
    view! {
        <section class="active-faults" class:on=move || { number.get() > 0 } aria-labelledby=HEADING>
            <header>
                <h2 id=HEADING tabindex="-1">
                    <span role="status">{status}</span>
                </h2>
                <button
                    type="button"
                    class="btn small"
                    hidden=move || number.get() == 0
                    on:click=move |_| switch_off.run(None)
                >
                    "Switch all off"
                </button>
            </header>
            <ul role="list">{move || faults.active().into_iter().map(row).collect_view()}</ul>
            <p class="field-error" role="alert">
                {problem}
            </p>
        </section>
    }
}

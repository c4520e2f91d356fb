//! A fault and its switch.

use holdpoint_domain::wire::FaultState;
use leptos::prelude::*;

use crate::state::faults::Faults;

/// The switch moves when the proxy says so.
#[component]
pub fn FaultRow(fault: FaultState, faults: Faults) -> impl IntoView {
    let FaultState {
        id, title, description, ..
    } = fault;
    let (name, about) = (format!("fault-{id}"), format!("about-{id}"));
    let own = id.clone();
    let on = Memo::new(move |_| faults.is_on(&own));
    let switch = Action::new_local(move |on: &bool| faults.switch(id.clone(), *on));
    let problem = move || switch.value().get()?.err().map(|error| error.to_string());
    view! {
        <li class="fault" class:on=on>
            <div>
                <h3 id=name.clone()>{title}</h3>
                <p id=about.clone()>{description}</p>
                <p class="field-error" role="alert">
                    {problem}
                </p>
            </div>
            <button
                type="button"
                class="switch"
                role="switch"
                aria-checked=move || on.get().to_string()
                aria-labelledby=name
                aria-describedby=about
                on:click=move |_| {
                    switch.dispatch_local(!on.get_untracked());
                }
            >
                <span class="rail" aria-hidden="true"></span>
                <span class="state" aria-hidden="true">
                    {move || if on.get() { "On" } else { "Off" }}
                </span>
            </button>
        </li>
    }
}

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
    let problem = RwSignal::new(None::<String>);
    let switch = move |_| {
        let (id, wanted) = (id.clone(), !on.get_untracked());
        leptos::task::spawn_local(async move {
            let answer = faults.switch(&id, wanted).await;
            problem.try_set(answer.err().map(|error| error.to_string()));
        });
    };
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
                on:click=switch
            >
                <span class="rail" aria-hidden="true"></span>
                <span class="state" aria-hidden="true">
                    {move || if on.get() { "On" } else { "Off" }}
                </span>
            </button>
        </li>
    }
}

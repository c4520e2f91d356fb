//! A fault and its switch.

use holdpoint_domain::wire::FaultState;
use leptos::prelude::*;

use super::groups::title_in_group;
use crate::state::faults::Faults;

/// The switch moves when the proxy says so.
#[component]
pub fn FaultRow(
    fault: FaultState,
    /// The switch's name, which tells it from those of the same kind at other gates.
    name: String,
    faults: Faults,
) -> impl IntoView {
    let title = title_in_group(&fault).to_owned();
    let FaultState { id, description, .. } = fault;
    let about = format!("about-{id}");
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
                <h3>{title}</h3>
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
                aria-label=name
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

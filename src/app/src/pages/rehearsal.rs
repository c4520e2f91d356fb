//! The stand-in platform's faults, to be switched on and off while rehearsing.

use holdpoint_domain::wire::FaultState;
use leptos::prelude::*;

use crate::api::{self, ApiError, ApiResult};
use crate::components::common::{EmptyState, Loaded, PageTitle};

/// `/rehearsal`.
#[component]
pub fn RehearsalPage() -> impl IntoView {
    let faults = LocalResource::new(faults);
    view! {
        <PageTitle text="Rehearsal" />
        <main id="content" class="page narrow" tabindex="-1">
            <h1>"Rehearsal"</h1>
            <p class="lead">
                "The platform here is a stand-in on this machine. Switch a fault on, run a gate, and see what a session does with it. Nothing real is touched."
            </p>
            <Loaded resource=faults what="the faults" let:faults>
                {match faults {
                    Some(faults) => view! { <Faults faults /> }.into_any(),
                    None => view! { <NoRehearsal /> }.into_any(),
                }}
            </Loaded>
        </main>
    }
}

/// Every fault. None where the proxy runs no rehearsal.
async fn faults() -> ApiResult<Option<Vec<FaultState>>> {
    match api::rehearsal::faults().await {
        Ok(faults) => Ok(Some(faults)),
        Err(ApiError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

#[component]
fn Faults(faults: Vec<FaultState>) -> impl IntoView {
    // The list stays; what the proxy says of each fault changes.
    let known = faults.clone();
    let faults = RwSignal::new(faults);
    let (named, of_gates): (Vec<_>, Vec<_>) = known.into_iter().partition(|fault| fault.gate.is_none());
    let rows = |list: Vec<FaultState>| {
        list.into_iter()
            .map(|fault| view! { <Fault fault faults /> })
            .collect_view()
    };
    // A folder that names no faults still has those of its gates.
    let (open, named, of_gates) = (named.is_empty(), rows(named), rows(of_gates));
    let on = move || count(faults.with(|faults| faults.iter().filter(|fault| fault.on).count()));
    view! {
        <p class="quiet" role="status">
            {on}
        </p>
        <ul class="faults">
            {named}
        </ul>
        <details open=open>
            <summary>"Faults of single gates"</summary>
            <ul class="faults">
                {of_gates}
            </ul>
        </details>
    }
}

/// A fault and its switch, which moves when the proxy says so.
#[component]
fn Fault(
    fault: FaultState,
    /// All of them, as the proxy last told them.
    faults: RwSignal<Vec<FaultState>>,
) -> impl IntoView {
    let FaultState {
        id, title, description, ..
    } = fault;
    let (name, about) = (format!("fault-{id}"), format!("about-{id}"));
    let own = id.clone();
    let on = Memo::new(move |_| faults.with(|faults| faults.iter().any(|fault| fault.id == own && fault.on)));
    let refused = RwSignal::new(None::<String>);
    let switch = move |_| {
        let (id, wanted) = (id.clone(), !on.get_untracked());
        leptos::task::spawn_local(async move {
            match api::rehearsal::set_fault(&id, wanted).await {
                Ok(told) => {
                    refused.try_set(None);
                    faults.try_set(told);
                }
                Err(error) => drop(refused.try_set(Some(error.to_string()))),
            }
        });
    };
    view! {
        <li class="fault" class:on=on>
            <div>
                <h2 id=name.clone()>{title}</h2>
                <p id=about.clone()>{description}</p>
                <p class="field-error" role="alert">
                    {refused}
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

#[component]
fn NoRehearsal() -> impl IntoView {
    view! {
        <EmptyState title="This proxy does not run a rehearsal">
            <p>
                "Start one beside it with " <code>"holdpoint serve --rehearsal"</code>
                ": it brings its own stand-in platform, and faults can be switched on here."
            </p>
        </EmptyState>
    }
}

fn count(on: usize) -> String {
    match on {
        0 => "No fault is on: every gate should pass.".to_owned(),
        1 => "1 fault is on.".to_owned(),
        more => format!("{more} faults are on."),
    }
}

//! The stand-in platform's faults, to be switched on and off while rehearsing.

use std::collections::BTreeMap;

use holdpoint_domain::wire::FaultState;
use leptos::prelude::*;

use crate::api::{self, ApiError, ApiResult};
use crate::components::common::{LoadError, Loading, PageTitle};
use crate::state::load::Load;

/// `/rehearsal`.
#[component]
pub fn RehearsalPage() -> impl IntoView {
    let faults = Faults::new();
    faults.load();
    // The list's rows stay in place when a switch moves, so that focus stays on the switch.
    let shown = Memo::new(move |_| {
        faults.list.with(|list| match list {
            Load::Loading => Load::Loading,
            Load::Ready(_) => Load::Ready(()),
            Load::Failed(error) => Load::Failed(error.clone()),
        })
    });
    view! {
        <PageTitle text="Rehearsal" />
        <main id="content" class="page narrow" tabindex="-1">
            <h1>"Rehearsal"</h1>
            <p class="lead">
                "The platform here is a stand-in on this machine. Switch a fault on, run a gate, and see what a session does with it. Nothing real is touched."
            </p>
            {move || match shown.get() {
                Load::Loading => view! { <Loading what="the faults" /> }.into_any(),
                Load::Failed(ApiError::NotFound { .. }) => view! { <NoRehearsal /> }.into_any(),
                Load::Failed(error) => {
                    view! { <LoadError error=error retry=Callback::new(move |()| faults.load()) /> }.into_any()
                }
                Load::Ready(()) => view! {
                    <p class="quiet" role="status">{move || count(faults.all().iter().filter(|fault| fault.on).count())}</p>
                    <ul class="faults">
                        <For each=move || faults.all() key=|fault| fault.id.clone() let:fault>
                            <Fault fault=fault faults=faults />
                        </For>
                    </ul>
                }
                .into_any(),
            }}
        </main>
    }
}

/// The faults, as the proxy last told them. Its answer is the one truth; a switch moves when the proxy says so.
#[derive(Clone, Copy)]
struct Faults {
    list: RwSignal<Load<Vec<FaultState>>>,
    /// Why a switch did not move, by fault.
    refused: RwSignal<BTreeMap<String, ApiError>>,
}

impl Faults {
    fn new() -> Self {
        Self {
            list: RwSignal::new(Load::Loading),
            refused: RwSignal::new(BTreeMap::new()),
        }
    }

    /// Every fault; tracked.
    fn all(&self) -> Vec<FaultState> {
        self.list.with(|list| list.ready().cloned().unwrap_or_default())
    }

    fn load(self) {
        leptos::task::spawn_local(async move {
            let answer = api::rehearsal::faults().await;
            self.list.try_set(Load::from(answer));
        });
    }

    fn set(self, id: String, on: bool) {
        leptos::task::spawn_local(async move {
            let answer: ApiResult<Vec<FaultState>> = api::rehearsal::set_fault(&id, on).await;
            match answer {
                Ok(list) => {
                    self.refused.try_update(|refused| refused.remove(&id));
                    self.list.try_set(Load::Ready(list));
                }
                Err(error) => {
                    self.refused.try_update(|refused| refused.insert(id, error));
                }
            }
        });
    }
}

#[component]
fn Fault(fault: FaultState, faults: Faults) -> impl IntoView {
    let FaultState {
        id, title, description, ..
    } = fault;
    let asked = id.clone();
    let on = Memo::new(move |_| faults.list.with(|list| is_on(list, &asked)));
    let (name, about) = (format!("fault-{id}"), format!("about-{id}"));
    let told = id.clone();
    let refused = move || {
        faults
            .refused
            .with(|refused| refused.get(&told).map(ToString::to_string))
    };
    view! {
        <li class="fault" class:on=on>
            <div>
                <h2 id=name.clone()>{title}</h2>
                <p id=about.clone()>{description}</p>
                <p class="field-error" role="alert">{refused}</p>
            </div>
            <button
                type="button"
                class="switch"
                role="switch"
                aria-checked=move || if on.get() { "true" } else { "false" }
                aria-labelledby=name
                aria-describedby=about
                on:click=move |_| faults.set(id.clone(), !on.get_untracked())
            >
                <span class="rail" aria-hidden="true"></span>
                <span class="state" aria-hidden="true">{move || if on.get() { "On" } else { "Off" }}</span>
            </button>
        </li>
    }
}

fn is_on(list: &Load<Vec<FaultState>>, id: &str) -> bool {
    list.ready()
        .is_some_and(|list| list.iter().any(|fault| fault.id == id && fault.on))
}

#[component]
fn NoRehearsal() -> impl IntoView {
    view! {
        <div class="empty">
            <p class="empty-title">"This proxy does not run a rehearsal"</p>
            <p>"Start one beside it with " <code>"holdpoint serve --rehearsal"</code> ": it brings its own stand-in platform, and faults can be switched on here."</p>
        </div>
    }
}

fn count(on: usize) -> String {
    match on {
        0 => "No fault is on: every gate should pass.".to_owned(),
        1 => "1 fault is on.".to_owned(),
        more => format!("{more} faults are on."),
    }
}

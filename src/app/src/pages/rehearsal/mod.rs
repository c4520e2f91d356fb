//! The stand-in platform's faults, to be switched on and off while rehearsing.

mod active;
mod fault;
mod groups;

use holdpoint_domain::wire::FaultState;
use leptos::prelude::*;
use leptos_use_event_listener::use_event_listener;

use crate::api::{self, ApiError, ApiResult};
use crate::components::loading::{EmptyState, Loaded};
use crate::components::title::PageTitle;
use crate::format::count;
use crate::state::faults::Faults;
use active::ActiveFaults;
use fault::FaultRow;
use groups::{GateFacts, GateGroup};

/// `/rehearsal`.
#[component]
pub fn RehearsalPage() -> impl IntoView {
    let faults = LocalResource::new(load);
    view! {
        <PageTitle text="Rehearsal" />
        <main id="content" class="page narrow" tabindex="-1">
            <h1>"Rehearsal"</h1>
            <p class="lead">
                "The platform here is a stand-in on this machine. Switch a fault on, run a gate, and see what a session does with it. Nothing real is touched."
            </p>
            <Loaded resource=faults what="the faults" let:loaded>
                {match loaded {
                    Some((faults, facts)) => view! { <Panel faults facts /> }.into_any(),
                    None => view! { <NoRehearsal /> }.into_any(),
                }}
            </Loaded>
        </main>
    }
}

/// None where the proxy runs no rehearsal.
async fn load() -> ApiResult<Option<(Vec<FaultState>, GateFacts)>> {
    match api::faults().await {
        Ok(faults) => Ok(Some((faults, gate_facts().await?))),
        Err(ApiError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn gate_facts() -> ApiResult<GateFacts> {
    let titles = GateFacts::titles_of(api::me().await?.environments);
    let open = api::sessions()
        .await?
        .into_iter()
        .find(|session| session.closed.is_none());
    let Some(open) = open else {
        return Ok(GateFacts {
            titles,
            ..GateFacts::default()
        });
    };
    // Only the order of the page depends on it, so a runbook that is gone by now is no error.
    let runbook = api::runbook(&open.runbook).await.ok();
    let procedures = runbook.map(|read| read.runbook.procedures).unwrap_or_default();
    let procedure = procedures.iter().find(|one| one.title == open.procedure_title);
    let gates = procedure.map(|one| one.gates().into_iter().map(str::to_owned).collect());
    Ok(GateFacts {
        titles,
        session: Some(format!("{} {}", open.procedure_title, open.version)),
        of_session: gates.unwrap_or_default(),
    })
}

/// What is on, the named faults, and one group a gate.
#[component]
fn Panel(faults: Vec<FaultState>, facts: GateFacts) -> impl IntoView {
    let faults = Faults::new(faults);
    // Somebody else may have switched a fault while this window was in the background.
    let refresh = Action::new_local(move |(): &()| faults.refresh());
    let _ = use_event_listener(window(), leptos::ev::focus, move |_| {
        refresh.dispatch_local(());
    });
    let facts = StoredValue::new(facts);
    let lists = Memo::new(move |_| facts.with_value(|facts| faults.with(|list| facts.lists(list))));
    let of_session = Signal::derive(move || lists.with(|lists| lists.of_session.clone()));
    let others = Signal::derive(move || lists.with(|lists| lists.others.clone()));
    let session_heading = facts.with_value(|facts| facts.session.clone());
    let session_heading = format!("Gates of {}", session_heading.unwrap_or_default());
    let others_heading = move || {
        if of_session.with(Vec::is_empty) {
            "Gates".to_owned()
        } else {
            "Other gates".to_owned()
        }
    };
    view! {
        <ActiveFaults faults gate_title=Callback::new(move |gate: String| facts.with_value(|facts| facts.title(&gate))) />
        <section class="fault-list">
            <h2>"Named faults"</h2>
            <ul class="faults">
                <For each=move || faults.of_gate(None) key=|fault| fault.id.clone() let:fault>
                    <FaultRow fault faults />
                </For>
            </ul>
        </section>
        <GateGroups heading=session_heading groups=of_session faults />
        <GateGroups heading=Signal::derive(others_heading) groups=others faults />
    }
}

#[component]
fn GateGroups(#[prop(into)] heading: Signal<String>, groups: Signal<Vec<GateGroup>>, faults: Faults) -> impl IntoView {
    view! {
        <Show when=move || !groups.with(Vec::is_empty)>
            <section class="fault-list">
                <h2>{heading}</h2>
                <For each=move || groups.get() key=GateGroup::clone let:group>
                    <Group group faults />
                </For>
            </section>
        </Show>
    }
}

/// The faults of one gate, folded away.
#[component]
fn Group(group: GateGroup, faults: Faults) -> impl IntoView {
    let gate = StoredValue::new(group.gate);
    let own = Memo::new(move |_| gate.with_value(|gate| faults.of_gate(Some(gate))));
    let on = move || own.with(|own| own.iter().filter(|fault| fault.on).count());
    let about = move || match (own.with(Vec::len), on()) {
        (all, 0) => count(all, "fault"),
        (all, on) => format!("{}, {on} on", count(all, "fault")),
    };
    view! {
        <details class="fault-group" class:on=move || { on() > 0 }>
            <summary>
                <b>{group.title}</b>
                <span class="quiet small">{about}</span>
            </summary>
            <ul class="faults">
                <For each=move || own.get() key=|fault| fault.id.clone() let:fault>
                    <FaultRow fault faults />
                </For>
            </ul>
        </details>
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

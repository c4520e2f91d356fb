//! The stand-in platform's faults, to be switched on and off while rehearsing.

mod active;
mod fault;
mod groups;

use holdpoint_domain::wire::FaultState;
use leptos::prelude::*;
use leptos_use_event_listener::use_event_listener;
use leptos_use_interval_fn::use_interval_fn;

use crate::api::{self, ApiError, ApiResult};
use crate::components::loading::{EmptyState, Loaded};
use crate::components::title::PageTitle;
use crate::format::count;
use crate::state::faults::Faults;
use active::ActiveFaults;
use fault::FaultRow;
use groups::{GateFacts, GateGroup};

/// How often the proxy is asked which faults are on.
const REFRESH_MS: u64 = 5_000;

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
    let lists = facts.lists(&faults);
    let named: Vec<_> = faults.iter().filter(|fault| fault.gate.is_none()).cloned().collect();
    // Which faults there are is settled when the proxy starts; what it says of each changes.
    let faults = Faults::new(faults);
    let problem = RwSignal::new(None::<String>);
    let refresh = move || {
        leptos::task::spawn_local(async move {
            let answer = faults.refresh().await;
            let words = answer
                .err()
                .map(|error| format!("What is on may have changed. {error}"));
            if problem.try_with_untracked(|shown| *shown != words) == Some(true) {
                problem.try_set(words);
            }
        });
    };
    // Somebody else may have switched a fault.
    let _ = use_event_listener(window(), leptos::ev::focus, move |_| refresh());
    use_interval_fn(refresh, REFRESH_MS);
    let session_heading = format!("Gates of {}", facts.session.as_deref().unwrap_or_default());
    let facts = StoredValue::new(facts);
    let others_heading = if lists.of_session.is_empty() {
        "Gates"
    } else {
        "Other gates"
    };
    view! {
        <ActiveFaults faults problem facts />
        {(!named.is_empty())
            .then(|| {
                view! {
                    <section class="fault-list">
                        <h2>"Named faults"</h2>
                        <FaultRows list=named faults facts />
                    </section>
                }
            })}
        <GateGroups heading=session_heading groups=lists.of_session faults facts />
        <GateGroups heading=others_heading.to_owned() groups=lists.others faults facts />
    }
}

#[component]
fn FaultRows(list: Vec<FaultState>, faults: Faults, facts: StoredValue<GateFacts>) -> impl IntoView {
    let row = |fault: FaultState| {
        let name = facts.with_value(|facts| facts.full_name(&fault));
        view! { <FaultRow fault name faults /> }
    };
    let rows = list.into_iter().map(row).collect_view();
    view! { <ul role="list" class="faults">{rows}</ul> }
}

/// Nothing, where there is no such gate.
#[component]
fn GateGroups(heading: String, groups: Vec<GateGroup>, faults: Faults, facts: StoredValue<GateFacts>) -> impl IntoView {
    (!groups.is_empty()).then(|| {
        let groups = groups.into_iter();
        let groups = groups
            .map(|group| view! { <Group group faults facts /> })
            .collect_view();
        view! {
            <section class="fault-list">
                <h2>{heading}</h2>
                {groups}
            </section>
        }
    })
}

/// The faults of one gate, folded away.
#[component]
fn Group(group: GateGroup, faults: Faults, facts: StoredValue<GateFacts>) -> impl IntoView {
    let GateGroup {
        title, faults: list, ..
    } = group;
    let ids: Vec<_> = list.iter().map(|fault| fault.id.clone()).collect();
    let all = count(ids.len(), "fault");
    let on = Memo::new(move |_| ids.iter().filter(|id| faults.is_on(id)).count());
    let about = move || match on.get() {
        0 => all.clone(),
        on => format!("{all}, {on} on"),
    };
    view! {
        <details class="fault-group" class:on=move || { on.get() > 0 }>
            <summary>
                <b>{title}</b>
                <span class="quiet small">{about}</span>
            </summary>
            <FaultRows list faults facts />
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

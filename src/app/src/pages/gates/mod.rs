//! Gates outside any session: what an author asks before a release rests on them.

mod card;
mod run;

use holdpoint_domain::wire::{CheckableGate, EnvironmentBrief};
use leptos::prelude::*;

use crate::api;
use crate::components::loading::{EmptyState, Loaded};
use crate::components::title::PageTitle;
use crate::format::count;
use card::GateCard;
use run::{CheckRun, Tally};

/// `/gates`.
#[component]
pub fn GatesPage() -> impl IntoView {
    let me = LocalResource::new(api::me);
    view! {
        <PageTitle text="Gates" />
        <main id="content" class="page narrow" tabindex="-1">
            <h1>"Gates"</h1>
            <p class="lead">
                "Ask each gate once, outside any session, to see that it can be asked and what it answers. Nothing is recorded, and nothing is ticked."
            </p>
            <Loaded resource=me what="the environments" let:me>
                <Environments environments=me.environments rehearsal=me.rehearsal />
            </Loaded>
        </main>
    }
}

#[component]
fn Environments(environments: Vec<EnvironmentBrief>, rehearsal: bool) -> impl IntoView {
    let Some(first) = environments.first().map(|one| one.name.clone()) else {
        return view! {
            <EmptyState title="There are no environments">
                <p>"Declare one in " <code>"gates.toml"</code> ", beside the runbooks, and start the proxy anew."</p>
            </EmptyState>
        }
        .into_any();
    };
    let chosen = RwSignal::new(first);
    let gates = LocalResource::new(move || {
        let name = chosen.get();
        async move { api::gates(&name).await.map(|gates| (name, gates)) }
    });
    let options = environments.into_iter().map(|one| {
        let name = one.name.clone();
        let selected = move || chosen.with(|chosen| *chosen == name);
        view! {
            <option value=one.name prop:selected=selected>
                {one.title}
            </option>
        }
    });
    let notice = rehearsal.then(|| {
        view! {
            <p class="quiet">
                "This proxy runs a rehearsal: nothing real is asked, and no pass says anything about a real system."
            </p>
        }
    });
    view! {
        {notice}
        <div class="form gates-form">
            <div class="field">
                <label for="gates-environment">"Environment"</label>
                <select id="gates-environment" on:change=move |event| chosen.set(event_target_value(&event))>
                    {options.collect_view()}
                </select>
            </div>
        </div>
        <Loaded resource=gates what="the gates" let:loaded>
            <EnvironmentGates environment=loaded.0 gates=loaded.1 />
        </Loaded>
    }
    .into_any()
}

/// The gates of one environment, and what a session would tell them.
#[component]
fn EnvironmentGates(environment: String, gates: Vec<CheckableGate>) -> impl IntoView {
    if gates.is_empty() {
        return view! {
            <EmptyState title="This environment has no gates">
                <p>"Declare them in " <code>"gates.toml"</code> ", and start the proxy anew."</p>
            </EmptyState>
        }
        .into_any();
    }
    let run = CheckRun::new(environment, &gates);
    let reading = gates.iter().filter(|one| one.only_reads).count();
    let reading_ids: Vec<String> = gates
        .iter()
        .filter(|one| one.only_reads)
        .map(|one| one.gate.id.clone())
        .collect();
    let fields = run.values().into_iter().map(|(name, value)| {
        let id = format!("gates-{name}");
        view! {
            <div class="field">
                <label for=id.clone()><code>{name}</code></label>
                <input id=id type="text" autocomplete="off" spellcheck="false" bind:value=value />
            </div>
        }
    });
    let hint = (!run.values().is_empty())
        .then(|| view! { <p class="quiet small">"A session tells its gates these values. Give them here, or the gates that need them are inconclusive."</p> });
    let tally = run.tally();
    let ask_all = move |_| run.ask(reading_ids.clone());
    let cards = gates
        .into_iter()
        .map(|gate| view! { <GateCard gate run /> })
        .collect_view();
    view! {
        <div class="form gates-form values">{fields.collect_view()}</div>
        {hint}
        <div class="acts">
            <button type="button" class="btn primary" disabled=move || tally.get().asking != 0 || reading == 0 on:click=ask_all>
                {format!("Ask the {} that only read", count(reading, "gate"))}
            </button>
            <p class="quiet" role="status">{move || tally_words(tally.get())}</p>
        </div>
        <div class="gate-cards">{cards}</div>
    }
    .into_any()
}

fn tally_words(tally: Tally) -> String {
    let Tally {
        passed,
        failed,
        inconclusive,
        asking,
        not_asked,
    } = tally;
    let counts = [
        (asking, "being asked"),
        (passed, "passed"),
        (failed, "failed"),
        (inconclusive, "inconclusive"),
        (not_asked, "not asked"),
    ];
    let words: Vec<String> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    words.join(" · ")
}

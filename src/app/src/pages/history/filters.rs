//! The filters: each says what it was set to, and what is found follows the address.

use std::collections::BTreeSet;

use holdpoint_domain::wire::SessionChoices;
use leptos::prelude::*;
use leptos_router::components::A;

use super::address::{use_ask, use_asked};
use crate::api;

/// The words of the proxy and those on screen.
const KINDS: [(&str, &str); 9] = [
    ("release", "Release"),
    ("rollback", "Rollback"),
    ("emergency", "Emergency"),
    ("monitoring", "Monitoring"),
    ("checklist", "Checklist"),
    ("validation", "Validation"),
    ("setup", "Set-up"),
    ("scaling", "Scaling"),
    ("pipeline", "Pipeline"),
];
const OUTCOMES: [(&str, &str); 4] = [
    ("open", "Not closed"),
    ("completed", "Completed"),
    ("rolled_back", "Rolled back"),
    ("abandoned", "Given up"),
];
const REHEARSALS: [(&str, &str); 2] = [("only", "Only rehearsals"), ("both", "Real ones and rehearsals")];

#[component]
pub fn Filters() -> impl IntoView {
    let asked = use_asked();
    let choices = LocalResource::new(api::session_choices);
    // Without them everything can still be asked for that stands in the address.
    let choices = Signal::derive(move || choices.get().and_then(Result::ok).unwrap_or_default());
    let environments = Signal::derive(move || {
        let names = choices.get().environments.into_iter();
        names.map(|name| (name.clone(), name)).collect()
    });
    view! {
        <form class="history-filters" role="search" aria-label="Sessions" on:submit=move |event| event.prevent_default()>
            <Input name="text" label="Words in titles, versions, commits and notes" kind="text" />
            <Input name="person" label="Person" kind="text" />
            <ProcedureSelect choices />
            <Select name="kind" label="Kind" any="Every kind" options=fixed(&KINDS) />
            <Select name="environment" label="Environment" any="Every environment" options=environments />
            <Select name="outcome" label="How it was closed" any="Any way" options=fixed(&OUTCOMES) />
            <Input name="from" label="Started from (UTC)" kind="date" />
            <Input name="to" label="Started until (UTC)" kind="date" />
            <Select name="rehearsals" label="Rehearsals" any="Only real ones" options=fixed(&REHEARSALS) />
            <div class="acts">
                <button type="submit" class="btn primary">"Search"</button>
                <Show when=move || asked.is_filtered()>
                    <A href="/sessions" attr:class="btn">"Clear"</A>
                </Show>
            </div>
        </form>
    }
}

fn fixed(options: &[(&str, &str)]) -> Signal<Vec<(String, String)>> {
    let options = options
        .iter()
        .map(|(value, word)| ((*value).to_owned(), (*word).to_owned()));
    Signal::stored(options.collect())
}

/// It counts when it is left, when Enter is pressed, and with the button.
#[component]
fn Input(name: &'static str, label: &'static str, kind: &'static str) -> impl IntoView {
    let (asked, ask) = (use_asked(), use_ask());
    let id = format!("filter-{name}");
    view! {
        <div class=format!("field {name}")>
            <label for=id.clone()>{label}</label>
            <input
                id=id
                name=name
                type=kind
                maxlength="200"
                autocomplete="off"
                prop:value=move || asked.get(name)
                on:change=move |event| ask(&[(name, event_target_value(&event))])
            />
        </div>
    }
}

#[component]
fn Select(
    name: &'static str,
    label: &'static str,
    /// What is chosen where the address says nothing.
    any: &'static str,
    /// Values and words.
    options: Signal<Vec<(String, String)>>,
) -> impl IntoView {
    let (asked, ask) = (use_asked(), use_ask());
    let id = format!("filter-{name}");
    let drawn = move || {
        let (chosen, mut options) = (asked.get(name), options.get());
        // The address may name what is not among the choices.
        if !chosen.is_empty() && options.iter().all(|(value, _)| *value != chosen) {
            options.push((chosen.clone(), chosen.clone()));
        }
        let option = |(value, word): (String, String)| {
            let selected = value == chosen;
            view! { <option value=value selected=selected>{word}</option> }
        };
        options.into_iter().map(option).collect_view()
    };
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <select id=id name=name on:change=move |event| ask(&[(name, event_target_value(&event))])>
                <option value="" selected=move || asked.get(name).is_empty()>{any}</option>
                {drawn}
            </select>
        </div>
    }
}

/// A runbook, or one procedure of it. The value of a procedure is the runbook's name, a tab and its own id.
#[component]
fn ProcedureSelect(choices: Signal<SessionChoices>) -> impl IntoView {
    let (asked, ask) = (use_asked(), use_ask());
    let chosen = move || joined(&asked.get("runbook"), &asked.get("procedure"));
    let drawn = move || {
        let (chosen, choices) = (chosen(), choices.get().procedures);
        let runbooks: BTreeSet<String> = choices.iter().map(|choice| choice.runbook.clone()).collect();
        let mut options: Vec<(String, String)> = Vec::new();
        for runbook in runbooks {
            options.push((joined(&runbook, ""), format!("{runbook}: every procedure")));
            let of_it = choices.iter().filter(|choice| choice.runbook == runbook);
            options.extend(of_it.map(|choice| {
                let words = format!("{runbook}: {}", choice.procedure);
                (joined(&runbook, &choice.procedure), words)
            }));
        }
        if !chosen.is_empty() && options.iter().all(|(value, _)| *value != chosen) {
            options.push((chosen.clone(), chosen.replace('\t', ": ")));
        }
        let option = |(value, words): (String, String)| {
            let selected = value == chosen;
            view! { <option value=value selected=selected>{words}</option> }
        };
        options.into_iter().map(option).collect_view()
    };
    let choose = move |event| {
        let value = event_target_value(&event);
        let (runbook, procedure) = value.split_once('\t').unwrap_or((&value, ""));
        ask(&[("runbook", runbook.to_owned()), ("procedure", procedure.to_owned())]);
    };
    view! {
        <div class="field">
            <label for="filter-procedure">"Runbook and procedure"</label>
            <select id="filter-procedure" on:change=choose>
                <option value="" selected=move || chosen().is_empty()>"Every runbook"</option>
                {drawn}
            </select>
        </div>
    }
}

/// Names have no tab.
fn joined(runbook: &str, procedure: &str) -> String {
    match procedure.is_empty() {
        true => runbook.to_owned(),
        false => format!("{runbook}\t{procedure}"),
    }
}

//! A scenario of the runbook: what one sees, what it means, what to do, whom to contact, and what never to do.

use holdpoint_domain::wire::{ContactGuide, GuideSource, PipelineGuide, ScenarioGuide, StageGuide};
use leptos::prelude::*;
use leptos_router::components::A;

use crate::components::href::runbook_href;

/// What the runbook says to somebody who sees this stage failed. What it does not say is told.
#[component]
pub fn Advice(stage: StageGuide, scenario: Option<ScenarioGuide>, guide: PipelineGuide) -> impl IntoView {
    let label = format!("What the runbook says about a failure of “{}”", stage.title);
    let book = guide.runbook.clone();
    let says = match scenario {
        Some(scenario) => view! { <p><b>{scenario.title.clone()}</b></p><Scenario scenario book /> }.into_any(),
        None => {
            view! { <p>"The runbook does not say what a failure of this stage means, or what to do."</p> }.into_any()
        }
    };
    let whom: Vec<ContactGuide> = stage
        .contacts
        .iter()
        .filter_map(|at| guide.contacts.get(*at as usize))
        .cloned()
        .collect();
    let whom = match (whom.is_empty(), guide.contacts.is_empty()) {
        (false, _) => view! { <Contacts contacts=whom /> }.into_any(),
        (true, false) => view! {
            <p>"The runbook names nobody for this stage by its words. These are all that it names:"</p>
            <Contacts contacts=guide.contacts.clone() />
        }
        .into_any(),
        (true, true) => view! { <p>"The runbook does not say whom to contact."</p> }.into_any(),
    };
    view! {
        <div class="pipeline-advice" role="group" aria-label=label>
            {says}
            <p class="label">"Whom to contact"</p>
            {whom}
            <p class="label">"Never do"</p>
            <Never never=guide.never.clone() />
        </div>
    }
}

#[component]
pub fn Scenario(scenario: ScenarioGuide, book: Option<GuideSource>) -> impl IntoView {
    let href = book.map(|book| format!("{}#{}", runbook_href(&book.name), scenario.anchor));
    let title = scenario.title.clone();
    view! {
        <Lines label="What you see" lines=scenario.see ordered=false otherwise="" />
        <Lines label="What it means" lines=scenario.means ordered=false otherwise="The runbook does not say what it means." />
        <Lines label="What to do" lines=scenario.act ordered=true otherwise="The runbook does not say what to do." />
        <Lines label="How long it takes" lines=scenario.takes ordered=false otherwise="" />
        {href
            .map(|href| {
                view! {
                    <p class="small">
                        <A href=href>"Read it in the runbook"<span class="sr-only">{format!(": {title}")}</span></A>
                    </p>
                }
            })}
    }
}

#[component]
fn Lines(
    label: &'static str,
    lines: Vec<String>,
    ordered: bool,
    /// Said where there is nothing; nothing when empty.
    otherwise: &'static str,
) -> impl IntoView {
    let rows = |lines: Vec<String>| lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
    match (lines.is_empty(), ordered) {
        (true, _) if otherwise.is_empty() => ().into_any(),
        (true, _) => view! { <p class="quiet">{otherwise}</p> }.into_any(),
        (false, true) => view! { <p class="label">{label}</p><ol>{rows(lines)}</ol> }.into_any(),
        (false, false) => view! { <p class="label">{label}</p><ul>{rows(lines)}</ul> }.into_any(),
    }
}

#[component]
pub fn Contacts(contacts: Vec<ContactGuide>) -> impl IntoView {
    let rows = contacts.into_iter().map(|contact| {
        let whom: Vec<String> = contact
            .whom
            .iter()
            .map(|word| format!("{}: {}", word.label, word.text))
            .collect();
        view! { <li><b>{contact.about}</b>" – "{whom.join("; ")}</li> }
    });
    view! { <ul>{rows.collect_view()}</ul> }
}

#[component]
pub fn Never(never: Vec<String>) -> impl IntoView {
    if never.is_empty() {
        return view! { <p>"The runbook does not say what never to do."</p> }.into_any();
    }
    let rows = never.into_iter().map(|line| view! { <li>{line}</li> });
    view! { <ul>{rows.collect_view()}</ul> }.into_any()
}

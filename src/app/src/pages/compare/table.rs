//! Step by step, those that differ first.

use holdpoint_domain::gate::Outcome;
use holdpoint_domain::session::span_in_words;
use holdpoint_domain::wire::{ComparedStep, Comparison, Matched, StepFacts, StepOutcome};
use leptos::prelude::*;

use crate::components::words::{StatusWord, Word};
use crate::format::count;

/// Steps that are shown at first, and how many more each press of the button shows.
const FIRST: usize = 200;
const MORE: usize = 500;

#[component]
pub fn Steps(found: Comparison) -> impl IntoView {
    let of_runbook = found.other.session.is_none();
    let steps = StoredValue::new(found.steps);
    let total = steps.with_value(Vec::len);
    let limit = RwSignal::new(FIRST);
    let rows = move || {
        steps.with_value(|steps| {
            let shown = steps.iter().take(limit.get());
            shown.map(|step| row(step.clone(), of_runbook)).collect_view()
        })
    };
    let more = Memo::new(move |_| limit.get() < total);
    view! {
        <div class="scroll" tabindex="0" role="group" aria-label="Table of the comparison">
            <table class="compare-table">
                <caption class="sr-only">"Each step here and there; those that differ first"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Step"</th>
                        <th scope="col">"What differs"</th>
                        <th scope="col">"Here"</th>
                        <th scope="col">{other(of_runbook)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <Show when=move || more.get()>
            <button type="button" class="btn small" on:click=move |_| limit.update(|limit| *limit += MORE)>
                {move || format!("Show {} more", total.saturating_sub(limit.get()).min(MORE))}
            </button>
        </Show>
    }
}

/// What the last column is of.
fn other(of_runbook: bool) -> &'static str {
    if of_runbook { "The runbook" } else { "There" }
}

fn row(step: ComparedStep, of_runbook: bool) -> impl IntoView {
    let differs = !step.deviations.is_empty();
    let without = step.without_deviation(of_runbook);
    let deviations = match differs {
        true => {
            let items = step.deviations.into_iter().map(|one| view! { <li>{one.words}</li> });
            view! { <StatusWord kind=Word::Alert text="DIFFERS" /><ul role="list">{items.collect_view()}</ul> }
                .into_any()
        }
        false => view! { <span class="quiet">{without}</span> }.into_any(),
    };
    let note = match step.matched {
        Matched::ByTitle => Some("found by its title, its id differs"),
        _ => None,
    };
    let note = note.map(|note| view! { <br /><span class="small quiet">{note}</span> });
    let phase = step.phase.then_some(" (phase)");
    let there = match (of_runbook, step.other) {
        (true, Some(facts)) => facts.seconds.map_or_else(String::new, span_in_words).into_any(),
        (true, None) => view! { <span class="quiet">"no time"</span> }.into_any(),
        (false, facts) => told(facts),
    };
    view! {
        <tr class:deviates=differs>
            <th scope="row">{step.label}{phase}{note}</th>
            <td data-label="What differs">{deviations}</td>
            <td data-label="Here">{told(step.this)}</td>
            <td data-label=other(of_runbook)>{there}</td>
        </tr>
    }
}

/// What came of a step, in a few lines.
fn told(facts: Option<StepFacts>) -> AnyView {
    let Some(facts) = facts else {
        return view! { <span class="quiet">"not there"</span> }.into_any();
    };
    let end = match facts.end {
        None => "not done",
        Some(StepOutcome::Done) => "done",
        Some(StepOutcome::WithoutPass) => "gone on with, without a pass",
        Some(StepOutcome::LeftOut) => "left out",
    };
    let by = facts.by.map(|by| format!(" by {by}")).unwrap_or_default();
    let took = facts
        .seconds
        .map(|seconds| format!(", {}", span_in_words(seconds)))
        .unwrap_or_default();
    let mut lines = vec![format!("{end}{by}{took}")];
    for gate in &facts.gates {
        let verdict = match gate.verdict {
            None => "no verdict",
            Some(Outcome::Pass) => "passed",
            Some(Outcome::Fail) => "failed",
            Some(Outcome::Inconclusive) => "inconclusive",
        };
        lines.push(format!(
            "{}: {verdict}, {}",
            gate.title,
            count(gate.runs as usize, "run")
        ));
    }
    if facts.holds > 0 {
        let holds = count(facts.holds as usize, "hold");
        lines.push(format!("{holds}, {}", span_in_words(facts.seconds_on_hold)));
    }
    let lines = lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
    view! { <ul role="list">{lines}</ul> }.into_any()
}

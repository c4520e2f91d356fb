//! One gate: what it expects, what was observed, and a button that asks it.

use holdpoint_domain::gate::{GateKind, Verdict};
use holdpoint_domain::wire::CheckableGate;
use leptos::prelude::*;

use super::run::{CheckRun, CheckState};
use crate::components::words::{StatusWord, Word};
use crate::format::{TimeFormat, local_time};

#[component]
pub fn GateCard(gate: CheckableGate, run: CheckRun) -> impl IntoView {
    let CheckableGate { gate, only_reads, .. } = gate;
    let state = run.state(&gate.id);
    let asked = gate.id.clone();
    let ask = move |_| run.ask(vec![asked.clone()]);
    let label = format!("Ask {}", gate.title);
    let kind = match (gate.kind, only_reads) {
        (GateKind::Http, true) => "HTTP, only reads",
        (GateKind::Http, false) => "HTTP, may change something",
        (GateKind::Sql, _) => "SQL, only reads",
        (GateKind::Command, _) => "command, may change something",
    };
    let expects = StoredValue::new(gate.expects);
    let content = move || match state.get() {
        CheckState::Done(verdict) => view! { <Observed verdict /> }.into_any(),
        CheckState::Unreachable(why) => view! { <p class="summary" role="alert">{why}</p> }.into_any(),
        CheckState::NotAsked | CheckState::Asking => {
            let lines = expects.get_value().into_iter().map(|line| view! { <li>{line}</li> });
            view! { <ul class="expects" role="list">{lines.collect_view()}</ul> }.into_any()
        }
    };
    view! {
        <article class="gate" class:failing=move || matches!(state.get(), CheckState::Done(verdict) if !verdict.passes())>
            <header>
                <h2>{gate.title}</h2>
                <span class="quiet small"><code>{gate.id}</code> " · " {kind}</span>
                <StatusWord kind=Signal::derive(move || word(&state.get()).0) text=Signal::derive(move || word(&state.get()).1.to_owned()) />
                <button
                    type="button"
                    class="btn small"
                    aria-label=label
                    disabled=move || state.get() == CheckState::Asking
                    on:click=ask
                >
                    {move || if matches!(state.get(), CheckState::NotAsked) { "Ask" } else { "Ask again" }}
                </button>
            </header>
            {content}
        </article>
    }
}

fn word(state: &CheckState) -> (Word, &'static str) {
    match state {
        CheckState::NotAsked => (Word::Wait, "NOT ASKED"),
        CheckState::Asking => (Word::Run, "ASKING"),
        CheckState::Done(verdict) => Word::of_outcome(verdict.outcome),
        CheckState::Unreachable(_) => (Word::Hold, "NO ANSWER"),
    }
}

#[component]
fn Observed(verdict: Verdict) -> impl IntoView {
    let took = (verdict.finished - verdict.started).num_milliseconds().max(0);
    let told = (!verdict.passes()).then(|| view! { <p class="summary">{verdict.summary.clone()}</p> });
    let rows = verdict.checks.into_iter().map(|check| {
        let (kind, text) = Word::of_outcome(check.outcome);
        view! {
            <tr>
                <td>{check.check}</td>
                <td><code>{check.expected}</code></td>
                <td><code>{check.observed}</code></td>
                <td><StatusWord kind text /></td>
            </tr>
        }
    });
    let request =
        (!verdict.request.is_empty()).then(|| view! { <p class="request"><code>{verdict.request}</code></p> });
    let output = (!verdict.output.trim().is_empty()).then(|| {
        view! {
            <details>
                <summary>"What it answered"</summary>
                <pre tabindex="0">{verdict.output}</pre>
            </details>
        }
    });
    view! {
        {told}
        <table>
            <thead>
                <tr>
                    <th scope="col">"Check"</th>
                    <th scope="col">"Expected"</th>
                    <th scope="col">"Observed"</th>
                    <th scope="col">"Verdict"</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
        {request}
        {output}
        <footer>
            <span>{format!("Asked at {}, took {took} ms", local_time(verdict.started, TimeFormat::Seconds))}</span>
        </footer>
    }
}

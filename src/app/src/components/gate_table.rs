//! Expected beside observed, and what the browser itself saw.

use holdpoint_domain::gate::{CheckResult, Verdict};
use leptos::prelude::*;

use crate::components::time::{Clip, local};
use crate::components::words::{StatusWord, Word};
use crate::state::session::{GateView, GateWord, Look, LookState};

const COLUMNS: [&str; 4] = ["Check", "Expected", "Observed", "Verdict"];

/// Every expectation of a gate: compared, or waiting to be.
#[component]
pub fn CheckTable(gate: Memo<GateView>) -> impl IntoView {
    let rows = move || {
        gate.with(|gate| match (&gate.verdict, gate.running.is_some()) {
            (Some(verdict), false) => verdict.checks.iter().cloned().map(compared).collect::<Vec<_>>(),
            _ => {
                let expects = gate.brief.iter().flat_map(|brief| &brief.expects);
                expects.map(|expects| awaited(expects.clone(), gate.word)).collect()
            }
        })
    };
    view! {
        <table>
            <thead><tr>{COLUMNS.map(|name| view! { <th scope="col">{name}</th> })}</tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

fn compared(check: CheckResult) -> AnyView {
    let (kind, text) = Word::of_outcome(check.outcome);
    view! {
        <tr>
            <td>{check.check}</td>
            <td><code>{check.expected}</code></td>
            <td><code>{check.observed}</code></td>
            <td><StatusWord kind text /></td>
        </tr>
    }
    .into_any()
}

fn awaited(expects: String, word: GateWord) -> AnyView {
    let observed = if word == GateWord::Running {
        "waiting"
    } else {
        "not run"
    };
    view! {
        <tr class="awaited">
            <td colspan="2">{expects}</td>
            <td class="quiet">{observed}</td>
            <td><StatusWord kind=Word::Wait text="WAITING" /></td>
        </tr>
    }
    .into_any()
}

/// What the captain's browser saw at a `direct` gate, beside what the proxy saw.
#[component]
pub fn Seen(gate: Memo<GateView>, look: Signal<Option<Look>>) -> impl IntoView {
    let direct =
        move || gate.with(|gate| gate.brief.as_ref().is_some_and(|brief| brief.direct) || gate.browser.is_some());
    let content = move || match (
        look.get().map(|look| look.state),
        gate.with(|gate| gate.browser.clone()),
    ) {
        (Some(LookState::Looking), _) => told(Some((Word::Run, "LOOKING")), String::new()),
        (Some(LookState::NotTaken(reason)), _) => told(Some((Word::Hold, "NOT RECORDED")), reason),
        (_, Some(verdict)) => told(Some(Word::of_outcome(verdict.outcome)), judged(&verdict)),
        (_, None) => told(None, "not yet: it looks when the gate runs".to_owned()),
    };
    view! {
        <Show when=direct>
            <div class="seen"><span class="seen-label">"seen from the browser"</span>{content}</div>
        </Show>
    }
}

fn told(word: Option<(Word, &'static str)>, more: String) -> AnyView {
    let word = word.map(|(kind, text)| view! { <StatusWord kind text /> });
    let more = (!more.is_empty()).then(|| view! { <span class="quiet small">{more}</span> });
    view! { {word}{more} }.into_any()
}

fn judged(verdict: &Verdict) -> String {
    format!("{} · {}", verdict.summary, local(verdict.finished, Clip::Seconds))
}

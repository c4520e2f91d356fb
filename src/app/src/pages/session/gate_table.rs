//! Expected beside observed, and what the browser itself saw.

use holdpoint_domain::gate::{CheckResult, Verdict};
use leptos::prelude::*;

use crate::components::words::{StatusWord, Word};
use crate::format::{TimeFormat, local_time};
use crate::state::session::{BrowserObservation, GateStatus, GateView};

pub const COLUMNS: [&str; 4] = ["Check", "Expected", "Observed", "Verdict"];

/// Every expectation of a gate, compared with what was observed where there is a verdict.
#[component]
pub fn CheckTable(gate: Memo<GateView>) -> impl IntoView {
    let rows = move || {
        gate.with(|gate| match (&gate.verdict, gate.running.is_some()) {
            (Some(verdict), false) => verdict.checks.iter().cloned().map(checked_row).collect::<Vec<_>>(),
            _ => {
                let expects = gate.brief.iter().flat_map(|brief| &brief.expects);
                expects
                    .map(|expects| pending_row(expects.clone(), gate.status))
                    .collect()
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

pub fn checked_row(check: CheckResult) -> AnyView {
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

fn pending_row(expects: String, status: GateStatus) -> AnyView {
    let observed = if status == GateStatus::Running {
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
pub fn BrowserResult(gate: Memo<GateView>, observation: Signal<Option<BrowserObservation>>) -> impl IntoView {
    let direct =
        move || gate.with(|gate| gate.brief.as_ref().is_some_and(|brief| brief.direct) || gate.browser.is_some());
    let content = move || match (observation.get(), gate.with(|gate| gate.browser.clone())) {
        (Some(BrowserObservation::Requesting), _) => result(Some((Word::Run, "REQUESTING")), String::new()),
        (Some(BrowserObservation::Refused(reason)), _) => result(Some((Word::Hold, "NOT RECORDED")), reason),
        (_, Some(verdict)) => result(Some(Word::of_outcome(verdict.outcome)), summary(&verdict)),
        (_, None) => result(None, "nothing yet: your browser asks when the gate runs".to_owned()),
    };
    let decides = move || gate.with(|gate| gate.brief.as_ref().is_some_and(|brief| brief.direct_decides));
    view! {
        <Show when=direct>
            <div class="seen"><span class="seen-label">"seen from the browser"</span>{content}</div>
            <Show when=decides>
                <p class="small">"This step rests on your browser's word: the proxy does not ask this gate."</p>
            </Show>
        </Show>
    }
}

fn result(word: Option<(Word, &'static str)>, more: String) -> AnyView {
    let word = word.map(|(kind, text)| view! { <StatusWord kind text /> });
    let more = (!more.is_empty()).then(|| view! { <span class="quiet small">{more}</span> });
    view! { {word}{more} }.into_any()
}

fn summary(verdict: &Verdict) -> String {
    format!(
        "{} · {}",
        verdict.summary,
        local_time(verdict.finished, TimeFormat::Seconds)
    )
}

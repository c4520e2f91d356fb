//! Expected beside observed, and what the browser itself saw.

use holdpoint_domain::gate::{CheckResult, Verdict};
use leptos::prelude::*;

use crate::components::words::{StatusWord, Word};
use crate::format::{TimeFormat, local_time};
use crate::state::session::{BrowserObservation, GateStatus, GateView};

pub const COLUMNS: [&str; 4] = ["Check", "Expected", "Observed", "Verdict"];

/// An answer of more characters than this is shown once: in the output, where it stands there.
const LONG: usize = 60;

/// Every expectation of a gate, compared with what was observed where there is a verdict.
#[component]
pub fn CheckTable(gate: Memo<GateView>, title: Signal<String>) -> impl IntoView {
    let rows = move || {
        gate.with(|gate| match (&gate.verdict, gate.running.is_some()) {
            (Some(verdict), false) => {
                let row = |check: &CheckResult| checked_row(check.clone(), &verdict.output);
                verdict.checks.iter().map(row).collect::<Vec<_>>()
            }
            _ => {
                let expects = gate.brief.iter().flat_map(|brief| &brief.expects);
                expects.map(|expects| pending_row(expects, gate.status)).collect()
            }
        })
    };
    view! {
        <table class="checks">
            <caption class="sr-only">{move || format!("Checks of {}", title.get())}</caption>
            <thead><tr>{COLUMNS.map(|name| view! { <th scope="col">{name}</th> })}</tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

pub fn checked_row(check: CheckResult, output: &str) -> AnyView {
    let (kind, text) = Word::of_outcome(check.outcome);
    let observed = if stands_in(&check.observed, output) {
        view! { <span class="quiet">"the output below"</span> }.into_any()
    } else {
        view! { <code>{check.observed}</code> }.into_any()
    };
    view! {
        <tr>
            <th scope="row">{check.check}</th>
            <td data-label=COLUMNS[1]><code>{check.expected}</code></td>
            <td data-label=COLUMNS[2]>{observed}</td>
            <td><StatusWord kind text /></td>
        </tr>
    }
    .into_any()
}

/// Whether a long answer is the output that stands below the table anyway. What was observed stands in quotation marks.
fn stands_in(observed: &str, output: &str) -> bool {
    let text = observed.trim_matches('"').trim();
    text.chars().count() > LONG && output.contains(text)
}

fn pending_row(expects: &str, status: GateStatus) -> AnyView {
    // In words it is `Status: 200`.
    let (check, expected) = expects.split_once(": ").unwrap_or((expects, ""));
    let observed = if status == GateStatus::Running {
        "waiting"
    } else {
        "not run"
    };
    view! {
        <tr class="awaited">
            <th scope="row">{check.to_owned()}</th>
            <td data-label=COLUMNS[1]><code>{expected.to_owned()}</code></td>
            <td data-label=COLUMNS[2] class="quiet">{observed}</td>
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
                <p class="small">"This step rests on your browser's word: Holdpoint does not ask this gate itself."</p>
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

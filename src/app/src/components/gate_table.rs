//! Expected beside observed, and what the browser itself saw.

use holdpoint_domain::gate::{CheckResult, Verdict};
use leptos::prelude::*;

use crate::components::time::{Clip, local};
use crate::components::words::{StatusWord, Word};
use crate::state::session::{GateView, GateWord, Look, LookState};

/// Every expectation of a gate: compared, or waiting to be.
#[component]
pub fn CheckTable(
    /// The gate.
    gate: Memo<GateView>,
) -> impl IntoView {
    let rows = move || {
        gate.with(|gate| match (&gate.verdict, gate.running.is_some()) {
            (Some(verdict), false) => verdict.checks.iter().cloned().map(compared).collect::<Vec<_>>(),
            _ => gate.brief.iter().flat_map(|brief| &brief.expects).map(|expects| awaited(expects, gate.word)).collect(),
        })
    };
    view! {
        <table>
            <thead>
                <tr><th scope="col">"Check"</th><th scope="col">"Expected"</th><th scope="col">"Observed"</th><th scope="col">"Verdict"</th></tr>
            </thead>
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
            <td><StatusWord kind=kind text=text /></td>
        </tr>
    }
    .into_any()
}

fn awaited(expects: &str, word: GateWord) -> AnyView {
    let observed = if word == GateWord::Running { "waiting" } else { "not run" };
    view! {
        <tr class="awaited">
            <td colspan="2">{expects.to_owned()}</td>
            <td class="quiet">{observed}</td>
            <td><StatusWord kind=Word::Wait text="WAITING" /></td>
        </tr>
    }
    .into_any()
}

/// What the captain's browser saw at a `direct` gate, beside what the proxy saw.
#[component]
pub fn Seen(
    /// The gate.
    gate: Memo<GateView>,
    /// This browser's own look.
    #[prop(into)]
    look: Signal<Option<Look>>,
) -> impl IntoView {
    let direct = move || gate.with(|gate| gate.brief.as_ref().is_some_and(|brief| brief.direct) || gate.browser.is_some());
    let content = move || {
        let look = look.get();
        match (look.as_ref().map(|look| &look.state), gate.with(|gate| gate.browser.clone())) {
            (Some(LookState::Looking), _) => view! { <StatusWord kind=Word::Run text="LOOKING" /> }.into_any(),
            (Some(LookState::NotTaken(reason)), _) => {
                view! { <StatusWord kind=Word::Hold text="NOT RECORDED" /><span class="quiet small">{reason.clone()}</span> }.into_any()
            }
            (_, Some(verdict)) => judged(&verdict),
            (_, None) => view! { <span class="quiet small">"not yet; it is asked when the gate runs"</span> }.into_any(),
        }
    };
    view! {
        <Show when=direct>
            <div class="seen"><span class="seen-label">"seen from the browser"</span>{content}</div>
        </Show>
    }
}

fn judged(verdict: &Verdict) -> AnyView {
    let (kind, text) = Word::of_outcome(verdict.outcome);
    let words = format!("{} · {}", verdict.summary, local(verdict.finished, Clip::Seconds));
    view! { <StatusWord kind=kind text=text /><span class="quiet small">{words}</span> }.into_any()
}

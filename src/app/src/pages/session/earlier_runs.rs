//! What a gate said before: a failure stays to be looked at after a pass.

use holdpoint_domain::gate::Source;
use leptos::prelude::*;

use crate::components::words::{StatusWord, Word};
use crate::format::{TimeFormat, local_time};
use crate::state::session::{GateRun, GateView};

/// Runs that the panel lists; the log has all of them.
const LISTED: usize = 8;

/// The verdicts of a gate that its panel does not show, newest first, each to be opened.
#[component]
pub fn EarlierRuns(gate: Memo<GateView>, runs: Memo<Vec<GateRun>>, on_evidence: Callback<u64>) -> impl IntoView {
    let earlier = Memo::new(move |_| {
        // The panel shows the last verdict of the proxy, unless the gate runs or has to be run anew.
        let shows = gate.with(|gate| gate.running.is_none() && gate.verdict.is_some());
        runs.with(|runs| {
            let shown = runs
                .iter()
                .find(|run| shows && run.source == Source::Proxy)
                .map(|run| run.seq);
            let others = runs.iter().filter(|run| Some(run.seq) != shown);
            others.cloned().collect::<Vec<_>>()
        })
    });
    let lines = move || {
        let earlier = earlier.get().into_iter().take(LISTED);
        earlier
            .map(|run| view! { <EarlierRun run on_evidence /> })
            .collect_view()
    };
    let more = move || {
        let more = earlier.with(Vec::len).saturating_sub(LISTED);
        (more > 0).then(|| view! { <p class="quiet small">{format!("{more} more in the log")}</p> })
    };
    view! {
        <Show when=move || earlier.with(|earlier| !earlier.is_empty())>
            <div class="earlier">
                <span class="seen-label">"Earlier runs"</span>
                <ul role="list">{lines}</ul>
                {more}
            </div>
        </Show>
    }
}

#[component]
fn EarlierRun(run: GateRun, on_evidence: Callback<u64>) -> impl IntoView {
    let (kind, text) = Word::of_outcome(run.outcome);
    let at = local_time(run.at, TimeFormat::Seconds);
    let label = format!("Evidence of {at}: {text}");
    let seen = (run.source == Source::Browser).then_some("seen from the browser · ");
    view! {
        <li>
            <button
                type="button"
                class="link"
                aria-haspopup="dialog"
                aria-label=label
                on:click=move |_| on_evidence.run(run.seq)
            >
                {at}
            </button>
            <StatusWord kind text />
            <span class="quiet">{seen}{run.summary}</span>
        </li>
    }
}

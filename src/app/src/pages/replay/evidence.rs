//! What the gates of a step had said at the moment.

use holdpoint_domain::session::StepId;
use leptos::prelude::*;

use crate::components::words::{StatusWord, Word};
use crate::format::{TimeFormat, local_time};
use crate::state::replay::use_replay;
use crate::state::session::{Asked, GateStatus, GateView, gate_view};

#[component]
pub fn GatesThen(step: StepId, gates: Vec<String>) -> impl IntoView {
    if gates.is_empty() {
        return view! { <p class="quiet small">"No gate verifies this step: a person ticks it."</p> }.into_any();
    }
    let gates = gates
        .into_iter()
        .map(|gate| view! { <GateThen step=step.clone() gate /> });
    gates.collect_view().into_any()
}

fn word(status: GateStatus) -> (Word, &'static str) {
    match status {
        GateStatus::Missing => (Word::NoGo, "MISSING"),
        GateStatus::Waiting | GateStatus::Queued | GateStatus::NotRun => (Word::Wait, "WAITING"),
        GateStatus::Running => (Word::Run, "RUNNING"),
        GateStatus::Verdict(outcome) => Word::of_outcome(outcome),
        GateStatus::Stale => (Word::Hold, "EXPIRED"),
    }
}

fn said(gate: &GateView) -> String {
    let Some(verdict) = &gate.verdict else {
        return match gate.running {
            Some(_) => "It was running, without a verdict so far.".to_owned(),
            None => "It had said nothing.".to_owned(),
        };
    };
    let ran = if gate.running.is_some() {
        " It was running again."
    } else {
        ""
    };
    format!(
        "{} Observed {}, run {}.{ran}",
        verdict.summary,
        local_time(verdict.finished, TimeFormat::Seconds),
        gate.runs
    )
}

#[component]
fn GateThen(step: StepId, gate: String) -> impl IntoView {
    let replay = use_replay();
    // Evidence goes stale between events, too.
    let view = Memo::new(move |_| {
        let time = replay.time().unwrap_or_default();
        replay.with(|state| gate_view(state, &step, &gate, Asked::No, time))
    });
    let title = view.with_untracked(GateView::title);
    let label = format!("Gate then: {title}");
    let kind = Signal::derive(move || view.with(|view| word(view.status).0));
    let text = Signal::derive(move || view.with(|view| word(view.status).1.to_owned()));
    let rows = move || {
        view.with(|view| {
            let checks = view.verdict.iter().flat_map(|verdict| &verdict.checks);
            let rows = checks.map(|check| {
                let (kind, text) = Word::of_outcome(check.outcome);
                view! {
                    <tr>
                        <th scope="row">{check.check.clone()}</th>
                        <td data-label="Expected"><code>{check.expected.clone()}</code></td>
                        <td data-label="Observed"><code>{check.observed.clone()}</code></td>
                        <td><StatusWord kind text /></td>
                    </tr>
                }
            });
            rows.collect_view()
        })
    };
    let has_checks =
        Memo::new(move |_| view.with(|view| view.verdict.as_ref().is_some_and(|verdict| !verdict.checks.is_empty())));
    view! {
        <section class="gate evidence" aria-label=label>
            <header><b>{title}</b><StatusWord kind text /></header>
            <p class="small">{move || view.with(said)}</p>
            <Show when=move || has_checks.get()>
                <table>
                    <thead>
                        <tr><th scope="col">"Check"</th><th scope="col">"Expected"</th><th scope="col">"Observed"</th><th scope="col">"Verdict"</th></tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </Show>
        </section>
    }
}

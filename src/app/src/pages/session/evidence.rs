//! The evidence of one event: what was asked, when, what was expected and observed, and what came back.

use holdpoint_domain::gate::Source;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::gate_table::{COLUMNS, checked_row};
use super::ui::{OpenDialog, use_ui};
use crate::components::time::Time;
use crate::components::words::{StatusWord, Word};
use crate::format::{TimeFormat, duration_ms};
use crate::state::session::{Evidence, use_session};

/// Opens the evidence that the page's address names: `?event=4`.
pub fn open_linked_evidence() {
    let (ui, query) = (use_ui(), use_query_map());
    Effect::new(move || {
        let named = query.with(|query| query.get("event"));
        if let Some(seq) = named.and_then(|seq| seq.parse().ok()) {
            ui.dialog.set(Some(OpenDialog::Evidence(seq)));
        }
    });
}

#[component]
pub fn EvidenceView(seq: u64) -> AnyView {
    let session = use_session();
    match session.evidence(seq) {
        Some(evidence) => {
            let link = format!("/sessions/{}?event={seq}", session.id);
            view! {
                <Shown evidence />
                <p class="quiet small"><a href=link>{format!("Link to the evidence of event {seq}")}</a></p>
            }
            .into_any()
        }
        None => {
            view! { <p>{format!("Event {seq} of this session is not known here, or no gate was asked in it.")}</p> }
                .into_any()
        }
    }
}

#[component]
fn Shown(evidence: Evidence) -> impl IntoView {
    let Evidence { step, gate, verdict } = evidence;
    let label = format!("Evidence of {gate}");
    let (kind, text) = Word::of_outcome(verdict.outcome);
    let took = duration_ms((verdict.finished - verdict.started).num_milliseconds());
    let source = match verdict.source {
        Source::Proxy => "Holdpoint",
        Source::Browser => "the captain’s browser",
    };
    let kept = verdict.output.len() as u64;
    let size = match verdict.output_bytes > kept {
        true => format!("Output, {kept} bytes kept of {}", verdict.output_bytes),
        false => format!("Output, {} bytes", verdict.output_bytes),
    };
    let rows: Vec<_> = verdict
        .checks
        .into_iter()
        .map(|check| checked_row(check, &verdict.output))
        .collect();
    let request = (!verdict.request.is_empty()).then(|| {
        view! { <h3 class="label">"Request"</h3><pre tabindex="0" aria-label="Request">{verdict.request}</pre> }
    });
    let output = (!verdict.output.is_empty()).then(|| {
        view! { <pre tabindex="0" aria-label="Output">{verdict.output}</pre> }
    });
    view! {
        <section class="gate evidence" aria-label=label>
            <header>
                <b>{gate}</b>
                <span class="quiet small">{verdict.summary}</span>
                <StatusWord kind text />
            </header>
            <dl class="facts">
                <div><dt>"Step"</dt><dd>{step}</dd></div>
                <div><dt>"Asked by"</dt><dd>{source}</dd></div>
                <div><dt>"Asked"</dt><dd><Time at=verdict.started format=TimeFormat::Seconds /></dd></div>
                <div><dt>"Answered"</dt><dd><Time at=verdict.finished format=TimeFormat::Seconds />{format!(" after {took}")}</dd></div>
                <div><dt>"Attempts"</dt><dd>{verdict.attempts}</dd></div>
            </dl>
            <table>
                <thead><tr>{COLUMNS.map(|name| view! { <th scope="col">{name}</th> })}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
            {request}
            <h3 class="label">{size}</h3>
            {output}
        </section>
    }
}

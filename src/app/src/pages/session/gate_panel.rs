//! A gate: what was expected beside what was observed, what it says while it runs, and one button to run it.

use chrono::{DateTime, Utc};
use holdpoint_domain::session::RunId;
use leptos::prelude::*;

use super::earlier_runs::EarlierRuns;
use super::gate_output::Output;
use super::gate_table::{BrowserResult, CheckTable};
use super::gate_words::{footer_text, progress_text, status_word};
use crate::components::icons::{Glyph, Icon};
use crate::components::keys::{KeyHint, shortcut};
use crate::components::words::{StatusWord, Word};
use crate::state::session::{BrowserObservation, GateRun, GateStatus, GateView, LiveRun};

#[component]
pub fn GatePanel(
    gate: Memo<GateView>,
    live: Signal<Option<LiveRun>>,
    observation: Signal<Option<BrowserObservation>>,
    /// Why it cannot be run now, where it cannot.
    refusal: Memo<Option<String>>,
    /// The key `g` runs it.
    first: Memo<bool>,
    /// A wish to cancel the run waits to be sent.
    cancelling: Memo<bool>,
    now: Signal<DateTime<Utc>>,
    on_run: Callback<()>,
    on_cancel: Callback<RunId>,
    /// Every verdict of it at this step, newest first.
    runs: Memo<Vec<GateRun>>,
    /// Shows the evidence of an event.
    on_evidence: Callback<u64>,
    /// Shows its declaration beside what `gates.toml` says now.
    on_compare: Callback<()>,
) -> impl IntoView {
    // A declaration that is taken may have another title.
    let title = Signal::derive(move || gate.with(GateView::title));
    let kind = Signal::derive(move || gate.with(|gate| status_word(gate.status).0));
    let text = Signal::derive(move || {
        let (word, running) = gate.with(|gate| (status_word(gate.status).1, gate.running));
        match running {
            Some((_, started)) => format!("{word} {} s", (now.get() - started).num_seconds().max(0)),
            None => word.to_owned(),
        }
    });
    let request = move || {
        let request = gate.with(|gate| gate.verdict.as_ref().map(|verdict| verdict.request.clone()));
        request.filter(|text| !text.is_empty())
    };
    view! {
        <section
            class="gate"
            class:failing=move || kind.get() == Word::NoGo
            aria-label=move || format!("Gate: {}", title.get())
        >
            <header>
                <b>{title}</b>
                <span class="quiet small">{move || gate.with(|gate| live.with(|live| progress_text(gate, live.as_ref())))}</span>
                <StatusWord kind text />
            </header>
            <Corrected gate on_compare />
            <NotRun gate />
            <CheckTable gate title />
            {move || request().map(|request| view! { <p class="request"><code>{request}</code></p> })}
            <Output gate live title />
            <BrowserResult gate observation />
            <EarlierRuns gate runs on_evidence />
            <footer>
                <span class="facts-line">{move || gate.with(footer_text)}</span>
                <CancelButton gate cancelling on_cancel />
                <RunButton gate refusal first on_run />
            </footer>
        </section>
    }
}

/// What there is to say of a declaration that was corrected, and the way to it.
#[component]
fn Corrected(gate: Memo<GateView>, on_compare: Callback<()>) -> impl IntoView {
    let otherwise = move || gate.with(|gate| gate.declared_otherwise);
    let old_tick = move || gate.with(|gate| gate.old_tick);
    view! {
        <Show when=old_tick>
            <p class="corrected">
                "It ticked this step by an earlier declaration. Run it again to verify the step by the one that was taken."
            </p>
        </Show>
        <Show when=otherwise>
            <p class="corrected">
                <button type="button" class="btn small" on:click=move |_| on_compare.run(())>
                    "Look at the corrected gate"
                </button>
            </p>
        </Show>
    }
}

/// A gate that was asked for without a connection is not run by itself later.
#[component]
fn NotRun(gate: Memo<GateView>) -> impl IntoView {
    view! {
        <Show when=move || gate.with(|gate| gate.not_run)>
            <p class="corrected">
                "Holdpoint could not be reached when this gate was to run, so it did not run. It does not run by itself later."
            </p>
        </Show>
    }
}

#[component]
fn RunButton(
    gate: Memo<GateView>,
    refusal: Memo<Option<String>>,
    first: Memo<bool>,
    on_run: Callback<()>,
) -> impl IntoView {
    let refused = move || refusal.with(Option::is_some);
    let words = move || {
        gate.with(|gate| match (gate.status, gate.not_run, gate.runs) {
            (GateStatus::Running, ..) => "Running… ",
            (GateStatus::Queued, ..) => "Waiting… ",
            (_, true, _) => "Run it now ",
            (_, false, 0) => "Run gate ",
            (_, false, _) => "Run again ",
        })
    };
    let key = shortcut("g");
    view! {
        <button
            type="button"
            class="btn small"
            class:primary=move || first.get() && !refused()
            aria-disabled=move || refused().then_some("true")
            aria-keyshortcuts=move || key().filter(|_| first.get())
            title=move || refusal.get()
            // The second click of a double click is not meant for what the first one brought here. What is refused is said.
            on:click=move |event| if event.detail() < 2 { on_run.run(()) }
        >
            <Icon glyph=Glyph::Play />
            <span>{words}</span>
            <span hidden=move || !first.get()><KeyHint key="g" /></span>
        </button>
    }
}

/// Stops the run, while there is one. Its verdict is inconclusive then, and holds.
#[component]
fn CancelButton(gate: Memo<GateView>, cancelling: Memo<bool>, on_cancel: Callback<RunId>) -> impl IntoView {
    let run = Memo::new(move |_| gate.with(|gate| gate.running.map(|(run, _)| run)));
    let label = move || format!("Cancel {}", gate.with(GateView::title));
    let cancel = move |_| {
        if let Some(run) = run.get_untracked().filter(|_| !cancelling.get_untracked()) {
            on_cancel.run(run);
        }
    };
    view! {
        <Show when=move || run.get().is_some()>
            <button
                type="button"
                class="btn small"
                aria-label=label
                aria-disabled=move || cancelling.get().then_some("true")
                on:click=cancel
            >
                {move || if cancelling.get() { "Cancelling…" } else { "Cancel" }}
            </button>
        </Show>
    }
}

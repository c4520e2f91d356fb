//! A gate: what was expected beside what was observed, what it says while it runs, and one button to run it.

use chrono::{DateTime, Utc};
use holdpoint_domain::session::RunId;
use leptos::prelude::*;

use super::earlier_runs::EarlierRuns;
use super::gate_table::{BrowserResult, CheckTable};
use crate::components::icons::{Glyph, Icon};
use crate::components::words::{StatusWord, Word};
use crate::format::{TimeFormat, duration_ms, duration_s, local_time};
use crate::state::session::{BrowserObservation, GateRun, GateStatus, GateView, LiveRun};

fn status_word(status: GateStatus) -> (Word, &'static str) {
    match status {
        GateStatus::Missing => (Word::NoGo, "MISSING"),
        GateStatus::Waiting | GateStatus::Queued => (Word::Wait, "WAITING"),
        GateStatus::Running => (Word::Run, "RUNNING"),
        GateStatus::Verdict(outcome) => Word::of_outcome(outcome),
        GateStatus::Stale => (Word::Hold, "EXPIRED"),
    }
}

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
            <CheckTable gate />
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

/// While the gate runs, what was received so far; then what the verdict holds.
#[component]
fn Output(gate: Memo<GateView>, live: Signal<Option<LiveRun>>, title: Signal<String>) -> impl IntoView {
    let output = Memo::new(move |_| {
        let received = live.with(|live| live.as_ref().map(|live| (live.output(), live.cut)));
        gate.with(|gate| match (&gate.running, &gate.verdict) {
            (Some(_), _) => received.unwrap_or_default(),
            (None, Some(verdict)) => (
                verdict.output.clone(),
                verdict.output_bytes > verdict.output.len() as u64,
            ),
            (None, None) => Default::default(),
        })
    });
    let cut = move || {
        let cut = output.with(|(_, cut)| *cut);
        cut.then(|| view! { <span class="quiet">"… cut: the whole output is longer than what is kept\n"</span> })
    };
    view! {
        <Show when=move || output.with(|(text, _)| !text.is_empty())>
            <pre role="log" aria-label=move || format!("Output of {}", title.get()) tabindex="0">
                {cut}{move || output.with(|(text, _)| text.clone())}
            </pre>
        </Show>
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

#[component]
fn RunButton(
    gate: Memo<GateView>,
    refusal: Memo<Option<String>>,
    first: Memo<bool>,
    on_run: Callback<()>,
) -> impl IntoView {
    let refused = move || refusal.with(Option::is_some);
    let words = move || {
        if gate.with(|gate| gate.runs > 0) {
            "Run again "
        } else {
            "Run gate "
        }
    };
    view! {
        <button
            type="button"
            class="btn small"
            class:primary=move || first.get() && !refused()
            aria-disabled=move || refused().then_some("true")
            title=move || refusal.get()
            on:click=move |_| if refusal.with_untracked(Option::is_none) { on_run.run(()) }
        >
            <Icon glyph=Glyph::Play />
            <span>{words}</span>
            <kbd hidden=move || !first.get()>"g"</kbd>
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

/// Beside the title: how the gate was started, and how far it is.
fn progress_text(gate: &GateView, live: Option<&LiveRun>) -> String {
    let mut words = Vec::new();
    match gate.status {
        GateStatus::Missing => {
            words.push(
                "gates.toml did not declare it for this environment when the session began, so it cannot pass"
                    .to_owned(),
            );
        }
        GateStatus::Queued => words.push("waiting to be sent".to_owned()),
        GateStatus::Waiting if gate.brief.as_ref().is_some_and(|brief| brief.auto) => {
            words.push("automatic".to_owned())
        }
        _ => {}
    }
    if gate.runs > 0 && gate.auto {
        words.push("started automatically".to_owned());
    }
    match (gate.running, live.and_then(|live| live.attempt.as_ref())) {
        (Some(_), Some((number, summary))) => words.push(format!("attempt {number}: {summary}")),
        (Some(_), None) => {}
        (None, _) => words.extend(gate.verdict.as_ref().map(|verdict| verdict.summary.clone())),
    }
    words.join(" · ")
}

/// When the gate was observed, how long the result is valid, how long a run may take.
fn footer_text(gate: &GateView) -> String {
    let mut facts = Vec::new();
    if let Some(verdict) = gate.verdict.as_ref().filter(|_| gate.running.is_none()) {
        let took = duration_ms((verdict.finished - verdict.started).num_milliseconds());
        facts.push(format!(
            "Observed {} by the proxy in {took}",
            local_time(verdict.finished, TimeFormat::Seconds)
        ));
        if verdict.attempts > 1 {
            facts.push(format!("{} attempts", verdict.attempts));
        }
    }
    match (gate.until, &gate.brief) {
        (Some(until), _) => {
            let word = if gate.expired { "expired at" } else { "valid until" };
            facts.push(format!("{word} {}", local_time(until, TimeFormat::Minutes)));
        }
        (None, Some(brief)) => facts.push(format!("Result valid {}", duration_s(brief.fresh_seconds))),
        (None, None) => {}
    }
    if let Some((name, at)) = &gate.taken {
        facts.push(format!(
            "declaration taken by {name} {}",
            local_time(*at, TimeFormat::Minutes)
        ));
    }
    facts.extend(
        gate.brief
            .as_ref()
            .map(|brief| format!("timeout {}", duration_s(brief.timeout_seconds))),
    );
    facts.join(" · ")
}

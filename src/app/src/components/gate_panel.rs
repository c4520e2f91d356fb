//! A gate: what was expected beside what was observed, what it says while it runs, and one button to run it.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::components::gate_table::{CheckTable, Seen};
use crate::components::icons::{Glyph, Icon};
use crate::components::time::{Clip, local};
use crate::components::words::{StatusWord, Word};
use crate::state::session::{GateView, GateWord, LiveRun, Look, seconds, span};

fn gate_word(word: GateWord) -> (Word, &'static str) {
    match word {
        GateWord::Missing => (Word::NoGo, "MISSING"),
        GateWord::Waiting | GateWord::Asked => (Word::Wait, "WAITING"),
        GateWord::Running => (Word::Run, "RUNNING"),
        GateWord::Verdict(outcome) => Word::of_outcome(outcome),
        GateWord::Stale => (Word::Hold, "EXPIRED"),
    }
}

/// A gate's panel.
#[component]
pub fn GatePanel(
    gate: Memo<GateView>,
    /// What it has said while running.
    live: Signal<Option<LiveRun>>,
    /// This browser's own look at it.
    look: Signal<Option<Look>>,
    /// Why it cannot be run now, where it cannot.
    refusal: Memo<Option<String>>,
    /// It is the one that the key `g` runs.
    first: Memo<bool>,
    now: Signal<DateTime<Utc>>,
    /// Runs it.
    on_run: Callback<()>,
) -> impl IntoView {
    let title = gate.with_untracked(GateView::title);
    let label = format!("Gate: {title}");
    let kind = Signal::derive(move || gate.with(|gate| gate_word(gate.word).0));
    let text = Signal::derive(move || {
        let (word, running) = gate.with(|gate| (gate_word(gate.word).1, gate.running));
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
            aria-label=label
        >
            <header>
                <b>{title.clone()}</b>
                <span class="quiet small">{move || gate.with(|gate| live.with(|live| about(gate, live.as_ref())))}</span>
                <StatusWord kind text />
            </header>
            <CheckTable gate />
            {move || request().map(|request| view! { <p class="request"><code>{request}</code></p> })}
            <Output gate live title />
            <Seen gate look />
            <footer>
                <span class="facts-line">{move || gate.with(facts)}</span>
                <RunButton gate refusal first on_run />
            </footer>
        </section>
    }
}

/// What the gate's command or request says: while it runs, what was heard so far; then what the verdict kept.
#[component]
fn Output(gate: Memo<GateView>, live: Signal<Option<LiveRun>>, title: String) -> impl IntoView {
    let output = Memo::new(move |_| {
        let heard = live.with(|live| live.as_ref().map(|live| (live.output(), live.cut)));
        gate.with(|gate| match (&gate.running, &gate.verdict) {
            (Some(_), _) => heard.unwrap_or_default(),
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
            <pre role="log" aria-label=format!("Output of {title}") tabindex="0">
                {cut}{move || output.with(|(text, _)| text.clone())}
            </pre>
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
            <Show when=move || first.get()><kbd>"g"</kbd></Show>
        </button>
    }
}

/// What stands beside the title: how it was started, and how far it is.
fn about(gate: &GateView, live: Option<&LiveRun>) -> String {
    let mut words = Vec::new();
    match gate.word {
        GateWord::Missing => {
            words.push("gates.toml does not declare it for this environment, so it can never pass".to_owned());
        }
        GateWord::Asked => words.push("waiting to be sent".to_owned()),
        GateWord::Waiting if gate.brief.as_ref().is_some_and(|brief| brief.auto) => words.push("automatic".to_owned()),
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

/// The footer: when it was observed, how long the result counts, how long a run may take.
fn facts(gate: &GateView) -> String {
    let mut facts = Vec::new();
    if let Some(verdict) = gate.verdict.as_ref().filter(|_| gate.running.is_none()) {
        let took = seconds((verdict.finished - verdict.started).num_milliseconds());
        facts.push(format!(
            "Observed {} by the proxy in {took}",
            local(verdict.finished, Clip::Seconds)
        ));
        if verdict.attempts > 1 {
            facts.push(format!("{} attempts", verdict.attempts));
        }
    }
    match (gate.until, &gate.brief) {
        (Some(until), _) => {
            let word = if gate.word == GateWord::Stale {
                "expired at"
            } else {
                "valid until"
            };
            facts.push(format!("{word} {}", local(until, Clip::Minutes)));
        }
        (None, Some(brief)) => facts.push(format!("Result valid {}", span(brief.fresh_seconds))),
        (None, None) => {}
    }
    facts.extend(
        gate.brief
            .as_ref()
            .map(|brief| format!("timeout {}", span(brief.timeout_seconds))),
    );
    facts.join(" · ")
}

//! A gate: what was expected beside what was observed, what it says while it runs, and one button to run it.

use chrono::{DateTime, Utc};
use holdpoint_domain::gate::Verdict;
use leptos::prelude::*;

use crate::components::gate_table::{CheckTable, Seen};
use crate::components::icons::{Glyph, Icon};
use crate::components::time::{Clip, local};
use crate::components::words::{StatusWord, Word};
use crate::state::session::{GateView, GateWord, LiveRun, Look, seconds, span};

/// The word for how a gate stands.
pub fn gate_word(word: GateWord) -> (Word, &'static str) {
    match word {
        GateWord::Missing => (Word::NoGo, "MISSING"),
        GateWord::Waiting | GateWord::Asked => (Word::Wait, "WAITING"),
        GateWord::Running => (Word::Run, "RUNNING"),
        GateWord::Verdict(outcome) => Word::of_outcome(outcome),
        GateWord::Stale => (Word::Hold, "STALE"),
    }
}

/// A gate's panel.
#[component]
pub fn GatePanel(
    /// How it stands.
    gate: Memo<GateView>,
    /// What it has said while running.
    #[prop(into)]
    live: Signal<Option<LiveRun>>,
    /// This browser's own look at it.
    #[prop(into)]
    look: Signal<Option<Look>>,
    /// Why it cannot be run now, where it cannot.
    #[prop(into)]
    refusal: Signal<Option<String>>,
    /// It is the one that the key `g` runs.
    #[prop(into)]
    first: Signal<bool>,
    /// The time.
    #[prop(into)]
    now: Signal<DateTime<Utc>>,
    /// Runs it.
    on_run: Callback<()>,
) -> impl IntoView {
    let title = gate.with_untracked(GateView::title);
    let kind = Signal::derive(move || gate_word(gate.with(|gate| gate.word)).0);
    let text = Signal::derive(move || {
        let running = gate.with(|gate| gate.running);
        let word = gate_word(gate.with(|gate| gate.word)).1;
        match running {
            Some((_, started)) => format!("{word} {} s", (now.get() - started).num_seconds().max(0)),
            None => word.to_owned(),
        }
    });
    let output = Memo::new(move |_| {
        let heard = live.with(|live| live.as_ref().map(|live| (live.output(), live.cut)));
        gate.with(|gate| match (&gate.running, &gate.verdict) {
            (Some(_), _) => heard.unwrap_or_default(),
            (None, Some(verdict)) => (verdict.output.clone(), verdict.output_bytes > verdict.output.len() as u64),
            (None, None) => (String::new(), false),
        })
    });
    let request = move || gate.with(|gate| gate.verdict.as_ref().map(|verdict| verdict.request.clone()).filter(|text| !text.is_empty()));
    let name = format!("Output of {title}");
    view! {
        <section class="gate" aria-label=format!("Gate: {title}") class:failing=move || matches!(kind.get(), Word::NoGo)>
            <header>
                <b>{title.clone()}</b>
                <span class="quiet small">{move || about(&gate.get(), live.get().as_ref())}</span>
                <StatusWord kind=kind text=text />
            </header>
            <CheckTable gate=gate />
            {move || request().map(|request| view! { <p class="request"><code>{request}</code></p> })}
            <Show when=move || output.with(|(text, _)| !text.is_empty())>
                <pre role="log" aria-label=name.clone() tabindex="0">
                    {move || output.with(|(_, cut)| cut.then(|| view! { <span class="quiet">"… the rest is longer than what is kept\n"</span> }))}
                    {move || output.with(|(text, _)| text.clone())}
                </pre>
            </Show>
            <Seen gate=gate look=look />
            <footer>
                <span class="facts-line">{move || facts(&gate.get())}</span>
                <button
                    type="button"
                    class="btn small"
                    class:primary=move || first.get() && refusal.with(Option::is_none)
                    aria-disabled=move || refusal.with(Option::is_some).then_some("true")
                    title=move || refusal.get()
                    on:click=move |_| if refusal.with_untracked(Option::is_none) { on_run.run(()) }
                >
                    <Icon glyph=Glyph::Play />
                    {move || if gate.with(|gate| gate.runs > 0) { "Run again" } else { "Run gate" }}
                    <Show when=move || first.get()>" "<kbd>"g"</kbd></Show>
                </button>
            </footer>
        </section>
    }
}

/// What stands beside the title: how it was started, and how far it is.
fn about(gate: &GateView, live: Option<&LiveRun>) -> String {
    let mut words = Vec::new();
    match gate.word {
        GateWord::Missing => words.push("gates.toml does not declare it for this environment, so it can never pass".to_owned()),
        GateWord::Asked => words.push("asked for, waiting to be sent".to_owned()),
        GateWord::Waiting if gate.brief.as_ref().is_some_and(|brief| brief.auto) => words.push("runs by itself".to_owned()),
        _ => {}
    }
    if gate.runs > 0 && gate.auto {
        words.push("started by itself".to_owned());
    }
    match (gate.running, live.and_then(|live| live.attempt.as_ref())) {
        (Some(_), Some((number, summary))) => words.push(format!("attempt {number}: {summary}")),
        (Some(_), None) => {}
        (None, _) => words.extend(gate.verdict.as_ref().map(|verdict| verdict.summary.clone())),
    }
    words.join(" · ")
}

/// The footer: limit, freshness, time, source.
fn facts(gate: &GateView) -> String {
    let mut facts = Vec::new();
    if let Some(verdict) = gate.verdict.as_ref().filter(|_| gate.running.is_none()) {
        facts.push(format!("observed {} by the proxy in {}", local(verdict.finished, Clip::Seconds), took(verdict)));
        if verdict.attempts > 1 {
            facts.push(format!("{} attempts", verdict.attempts));
        }
    }
    if let Some(until) = gate.until {
        let word = if gate.word == GateWord::Stale { "stale since" } else { "fresh until" };
        facts.push(format!("{word} {}", local(until, Clip::Minutes)));
    } else if let Some(brief) = &gate.brief {
        facts.push(format!("fresh for {}", span(brief.fresh_seconds)));
    }
    if let Some(brief) = &gate.brief {
        facts.push(format!("limit {}", span(brief.timeout_seconds)));
    }
    facts.join(" · ")
}

fn took(verdict: &Verdict) -> String {
    seconds((verdict.finished - verdict.started).num_milliseconds())
}

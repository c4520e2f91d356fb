//! What a gate wrote.

use leptos::prelude::*;

use crate::components::growing::GrowingText;
use crate::state::session::{GateView, LiveRun};

const CUT: &str = "… cut: the whole output is longer than what is kept\n";

/// While the gate runs, a log that grows, so that a screen reader speaks what is new of it; then what the verdict holds.
#[component]
pub fn Output(gate: Memo<GateView>, live: Signal<Option<LiveRun>>, title: Signal<String>) -> impl IntoView {
    let runs = Memo::new(move |_| gate.with(|gate| gate.running.is_some()));
    view! {
        <Show when=move || runs.get() fallback=move || view! { <Kept gate title /> }>
            <Growing live title />
        </Show>
    }
}

#[component]
fn Growing(live: Signal<Option<LiveRun>>, title: Signal<String>) -> impl IntoView {
    let pieces = Signal::derive(move || live.with(|live| live.as_ref().map(LiveRun::pieces).unwrap_or_default()));
    let some = Memo::new(move |_| live.with(|live| live.as_ref().is_some_and(LiveRun::has_output)));
    let cut = Memo::new(move |_| live.with(|live| live.as_ref().is_some_and(|live| live.cut)));
    view! {
        <Show when=move || some.get()>
            <pre role="log" aria-label=move || format!("Output of {}", title.get()) tabindex="0">
                <span class="quiet">{move || cut.get().then_some(CUT)}</span>
                <GrowingText pieces />
            </pre>
        </Show>
    }
}

#[component]
fn Kept(gate: Memo<GateView>, title: Signal<String>) -> impl IntoView {
    let output = Memo::new(move |_| {
        gate.with(|gate| {
            let verdict = gate.verdict.as_ref()?;
            let cut = verdict.output_bytes > verdict.output.len() as u64;
            (!verdict.output.is_empty()).then(|| (cut, verdict.output.clone()))
        })
    });
    move || {
        output.get().map(|(cut, text)| {
            view! {
                <pre role="group" aria-label=move || format!("Output of {}", title.get()) tabindex="0">
                    <span class="quiet">{cut.then_some(CUT)}</span>
                    {text}
                </pre>
            }
        })
    }
}

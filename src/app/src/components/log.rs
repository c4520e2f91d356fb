//! The log: what happened, newest first.

use leptos::prelude::*;

use crate::components::time::{Clip, Time};
use crate::components::words::{StatusWord, Word};
use crate::state::session::{LogLine, LogMark};

/// The log.
#[component]
pub fn Log(
    /// Its lines, newest first.
    lines: Memo<Vec<LogLine>>,
    /// How many events there are in all.
    #[prop(into)]
    total: Signal<usize>,
    /// Shows the earlier ones, too.
    on_more: Callback<()>,
) -> impl IntoView {
    let hidden = move || total.get().saturating_sub(lines.with(Vec::len));
    view! {
        <aside class="log" aria-label="Log">
            <h2 class="label">"Log"</h2>
            <ol>
                <For each=move || lines.get() key=|line| line.seq let:line>
                    <Line line=line />
                </For>
            </ol>
            <Show when=move || hidden().gt(&0)>
                <button class="btn bare small" on:click=move |_| on_more.run(())>
                    {move || format!("Show {} earlier", hidden())}
                </button>
            </Show>
        </aside>
    }
}

#[component]
fn Line(line: LogLine) -> impl IntoView {
    let mark = line.mark.map(|mark| {
        let (kind, text) = match mark {
            LogMark::Outcome(outcome) => Word::of_outcome(outcome),
            LogMark::Hold => (Word::Hold, "HOLD"),
            LogMark::Lifted => (Word::Go, "GO"),
            LogMark::Back => (Word::Back, "ROLLBACK"),
        };
        view! { <StatusWord kind=kind text=text />" " }
    });
    let text = (!line.text.is_empty()).then(|| view! { {line.text.clone()}" " });
    view! {
        <li>
            <Time at=line.at clip=Clip::Seconds />
            <span>{mark}<b>{line.what}</b>" "{text}<span class="by">{line.by}</span></span>
        </li>
    }
}

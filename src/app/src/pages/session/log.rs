//! The log: what happened, newest first.

use leptos::prelude::*;

use crate::components::log::LogEntry;
use crate::state::session::use_session;

/// Events that are shown at first, and how many more each press of the button shows.
const AT_FIRST: usize = 200;
const MORE: usize = 500;

/// The latest events, and a button for the earlier ones.
#[component]
pub fn Log() -> impl IntoView {
    let session = use_session();
    let most = RwSignal::new(AT_FIRST);
    let total = Memo::new(move |_| session.with_records(<[_]>::len));
    let earlier = move || total.get().saturating_sub(most.get());
    // An event's number is its place, from 1.
    let numbers = move || (earlier() as u64 + 1..=total.get() as u64).rev();
    view! {
        // It scrolls by itself where there is room for three columns, and the keyboard must reach it then.
        <aside class="log" aria-label="Log" tabindex="0">
            <h2 class="label">"Log"</h2>
            <ol>
                <For each=numbers key=|seq| *seq let:seq>
                    {session.log_line(seq).map(|line| view! { <LogEntry line /> })}
                </For>
            </ol>
            <Show when=move || { earlier() > 0 }>
                <button type="button" class="btn bare small" on:click=move |_| most.update(|most| *most += MORE)>
                    {move || format!("Show {} earlier", earlier())}
                </button>
            </Show>
        </aside>
    }
}

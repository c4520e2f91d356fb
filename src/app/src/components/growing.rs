//! Text that grows by pieces and is never written anew, so that a screen reader speaks what is new of it.

use leptos::prelude::*;

#[component]
pub fn GrowingText(
    /// Each with its number, by which it stays the element that it is.
    pieces: Signal<Vec<(usize, String)>>,
) -> impl IntoView {
    view! {
        <For each=move || pieces.get() key=|(number, _)| *number let((_, text))>
            <span>{text}</span>
        </For>
    }
}

//! A star on an event.

use leptos::prelude::*;

/// Whether an event is starred, and a press that changes it.
#[component]
pub fn StarButton(
    /// The event's number.
    seq: u64,
    /// What happened, for those who hear the page.
    what: String,
    #[prop(into)] starred: Signal<bool>,
    /// Gets whether it is to be starred.
    on_press: Callback<bool>,
) -> impl IntoView {
    let title = move || match starred.get() {
        true => "Starred for the post-mortem. Press to take the star away.",
        false => "Star it for the post-mortem.",
    };
    view! {
        <button
            type="button"
            class="star"
            aria-pressed=move || if starred.get() { "true" } else { "false" }
            aria-label=format!("Star event {seq}: {what}")
            title=title
            on:click=move |_| on_press.run(!starred.get_untracked())
        >
            {move || if starred.get() { "★" } else { "☆" }}
        </button>
    }
}

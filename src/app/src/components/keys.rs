//! Keys: when they are typing and when they are commands, and the dialog that explains them.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

const KEYS: [(&str, &str); 8] = [
    ("j", "Show the next step"),
    ("k", "Show the step before"),
    ("x", "Tick the shown step"),
    ("g", "Run the shown step’s first gate that has not passed"),
    ("n", "Add a note"),
    ("c", "Copy the shown step’s first command"),
    ("?", "Show these shortcuts"),
    ("Ctrl K", "Go to a step, a session or a runbook"),
];

/// Whether a key goes into a field or belongs to an open dialog.
pub fn is_typing(event: &KeyboardEvent) -> bool {
    let in_dialog = document()
        .query_selector("dialog[open]")
        .is_ok_and(|dialog| dialog.is_some());
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let in_field = target.is_some_and(|element| {
        matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
            || element
                .dyn_into::<HtmlElement>()
                .is_ok_and(|element| element.is_content_editable())
    });
    in_dialog || in_field
}

/// The list of keys, and the switch for those without Ctrl.
#[component]
pub fn KeyHelp(single_keys: Signal<bool>, on_change: Callback<bool>) -> impl IntoView {
    let rows = KEYS.map(|(key, what)| view! { <div><dt><kbd>{key}</kbd></dt><dd>{what}</dd></div> });
    view! {
        <dl class="keys">{rows}</dl>
        <label class="check">
            <input
                type="checkbox"
                prop:checked=move || single_keys.get()
                on:change=move |event| on_change.run(event_target_checked(&event))
            />
            "Single-key shortcuts"
        </label>
    }
}

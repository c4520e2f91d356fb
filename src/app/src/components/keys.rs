//! Keys: when they are typing and when they are commands, their hints, and the dialog that explains them.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

const KEYS: [(&str, &str); 8] = [
    ("j", "Show the next step"),
    ("k", "Show the step before"),
    ("x", "Tick the shown step"),
    (
        "g",
        "Run the gate that holds, or the shown step’s first gate that has not passed",
    ),
    ("n", "Add a note"),
    ("c", "Copy the command in view"),
    ("?", "Show these shortcuts"),
    ("Ctrl K", "Go to a step, a session or a runbook"),
];

/// Whether single keys act.
#[derive(Clone, Copy)]
pub struct SingleKeys(pub Signal<bool>);

fn use_single_keys() -> Signal<bool> {
    expect_context::<SingleKeys>().0
}

/// The value of `aria-keyshortcuts` for what a single key does, as long as single keys act.
pub fn shortcut(key: &'static str) -> impl Fn() -> Option<&'static str> + Copy {
    let on = use_single_keys();
    move || on.get().then_some(key)
}

/// A single key, shown beside the words of what it does. The name of the button does not carry it.
#[component]
pub fn KeyHint(key: &'static str) -> impl IntoView {
    let on = use_single_keys();
    view! {
        <kbd aria-hidden="true" hidden=move || !on.get()>
            {key}
        </kbd>
    }
}

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
            "Single-key shortcuts (all but Ctrl K)"
        </label>
    }
}

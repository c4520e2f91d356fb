//! Keys: when they are typing and when they are commands, their hints, and the dialog that explains them.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

const KEYS: [(&str, &str); 10] = [
    ("j", "Show the next step"),
    ("k", "Show the step before"),
    ("b", "Back to the current step"),
    ("x", "Tick the shown step, or say that its work is done"),
    (
        "g",
        "Run the gates that hold, or the shown step’s first gate that has not passed",
    ),
    ("r", "On hold: ask whether to roll back"),
    ("n", "Add a note"),
    ("c", "Copy the command in view"),
    ("?", "Show these shortcuts"),
    ("Ctrl K", "Search everything, and go there or do it"),
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

/// The list of keys, the switch for those without Ctrl, and the name of whoever presses them.
#[component]
pub fn KeyHelp(
    single_keys: Signal<bool>,
    on_change: Callback<bool>,
    /// Empty until it was said.
    name: Signal<String>,
    on_name: Callback<()>,
) -> impl IntoView {
    let rows = KEYS.map(|(key, what)| view! { <div><dt><kbd>{key}</kbd></dt><dd>{what}</dd></div> });
    let you = move || match name.get() {
        name if name.is_empty() => "You have not said your name yet. ".to_owned(),
        name => format!("You are {name}. "),
    };
    view! {
        <p hidden=move || single_keys.get()>
            <b>"Single keys are off."</b>" The box below switches them on again."
        </p>
        <dl class="keys">{rows}</dl>
        <label class="check">
            <input
                type="checkbox"
                prop:checked=move || single_keys.get()
                on:change=move |event| on_change.run(event_target_checked(&event))
            />
            "Single-key shortcuts (all but Ctrl K)"
        </label>
        <p>{you}<button type="button" class="link" on:click=move |_| on_name.run(())>"Change name"</button></p>
    }
}

//! Keys: when they are typing and when they are commands, and the dialog that explains them.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

use crate::cells::{Callback, Read};
use crate::components::dom::{El, el, is_checked};

/// Whether a key goes into a field or belongs to an open dialog.
pub fn is_typing(event: &KeyboardEvent) -> bool {
    let in_dialog = document()
        .query_selector("dialog[open]")
        .is_ok_and(|dialog| dialog.is_some());
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let in_field = target.is_some_and(|element| {
        matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
            || element.unchecked_ref::<HtmlElement>().is_content_editable()
    });
    in_dialog || in_field
}

/// The list of keys, and the switch for those without Ctrl.
pub fn key_help(single_keys: Read<bool>, on_change: Callback<bool>) -> Vec<El> {
    let keys = [
        ("j", "Show the next step"),
        ("k", "Show the step before"),
        ("x", "Tick the shown step"),
        ("g", "Run its first gate that does not pass"),
        ("n", "Add a note"),
        ("c", "Copy its first command"),
        ("?", "Show these keys"),
        ("Ctrl K", "Go to a step, a session or a runbook"),
    ];
    let row = |(key, what): &(&str, &str)| {
        el("div")
            .child(el("dt").child(el("kbd").text(key)))
            .child(el("dd").text(what))
    };
    let changed = move |event: web_sys::Event| on_change.run(is_checked(&event));
    let check = el("input")
        .attr("type", "checkbox")
        .live_flag("checked", move || single_keys.get())
        .on("change", changed);
    vec![
        el("dl").class("keys").each(&keys, row),
        el("label").class("check").child(check).text("Single-key shortcuts"),
    ]
}

//! The captain's keys.

use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

use super::desk::{Asking, Desk};
use crate::components::dom::El;
use crate::components::keys::is_typing;

/// Listens for single keys as long as this element of the desk stands.
pub fn with_keys(element: El, desk: Desk) -> El {
    element.on_window("keydown", move |event| {
        let event: &KeyboardEvent = event.unchecked_ref();
        let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
        if modified || event.repeat() && event.key() == "x" || is_typing(event) {
            return;
        }
        // The help says how to turn the others on again, so it always opens.
        if event.key() == "?" {
            event.prevent_default();
            desk.asking.set(Some(Asking::Keys));
        } else if desk.app.settings.single_keys_untracked() && act(desk, &event.key()) {
            event.prevent_default();
        }
    })
}

/// Does what a key stands for. False when it stands for nothing.
fn act(desk: Desk, key: &str) -> bool {
    match key {
        "j" => desk.select_by(1),
        "k" => desk.select_by(-1),
        "x" => {
            if let Some(step) = desk.shown.get_untracked() {
                desk.tick(step);
            }
        }
        "g" => desk.run_first_gate(),
        "n" => desk.asking.set(Some(Asking::Note)),
        "c" => copy_first(desk),
        _ => return false,
    }
    true
}

fn copy_first(desk: Desk) {
    if let Some(text) = desk.first_command() {
        desk.copy(1, text);
    }
}

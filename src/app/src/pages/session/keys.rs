//! The captain's keys.

use leptos::prelude::*;
use leptos_use_event_listener::use_event_listener;
use web_sys::KeyboardEvent;

use super::ui::{OpenDialog, SessionUi, use_ui};
use crate::components::keys::is_typing;
use crate::state::app::use_app;

/// Listens for single keys as long as the page of the session is on screen.
pub fn listen_to_keys() {
    let (app, ui) = (use_app(), use_ui());
    let _ = use_event_listener(window(), leptos::ev::keydown, move |event: KeyboardEvent| {
        let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
        if modified || event.repeat() && event.key() == "x" || is_typing(&event) {
            return;
        }
        // The help says how to turn the others on again, so it always opens.
        if event.key() == "?" {
            event.prevent_default();
            ui.dialog.set(Some(OpenDialog::Keys));
        } else if app.settings.single_keys_untracked() && act(ui, &event.key()) {
            event.prevent_default();
        }
    });
}

/// Does what a key stands for. False when it stands for nothing.
fn act(ui: SessionUi, key: &str) -> bool {
    match key {
        "j" => ui.select_by(1),
        "k" => ui.select_by(-1),
        "x" => {
            if let Some(step) = ui.shown.get_untracked() {
                match untrack(|| ui.waits_for_work(&step)) {
                    true => ui.confirm_work(step),
                    false => ui.tick(step),
                }
            }
        }
        "g" => ui.run_first_gate(),
        "n" => ui.dialog.set(Some(OpenDialog::Note)),
        "c" => ui.copy_first_command(),
        _ => return false,
    }
    true
}

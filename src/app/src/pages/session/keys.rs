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
        let repeats = event.repeat() && matches!(event.key().as_str(), "x" | "g");
        if modified || repeats || event.is_composing() || is_typing(&event) {
            return;
        }
        // The button in the head opens the help, too, so that they can be turned on again.
        if app.settings.single_keys_untracked() && act(ui, &event.key()) {
            event.prevent_default();
        }
    });
    let _ = use_event_listener(window(), leptos::ev::hashchange, move |_| ui.follow_address());
}

/// Does what a key stands for. False when it stands for nothing.
fn act(ui: SessionUi, key: &str) -> bool {
    match key {
        "j" => ui.select_by(1),
        "k" => ui.select_by(-1),
        "x" if ui.may_press("x") => ui.finish_shown_step(),
        "g" if ui.may_press("g") => ui.run_gates_of_key(),
        "x" | "g" => {}
        "b" => ui.go_to(None),
        "r" => ui.ask_for_rollback(),
        "?" => ui.dialog.set(Some(OpenDialog::Keys)),
        "n" => ui.dialog.set(Some(OpenDialog::Note)),
        "c" => ui.copy_command_in_view(),
        _ => return false,
    }
    true
}

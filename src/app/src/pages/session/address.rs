//! The address of a step within its session: `#step-golden-release/deploy`.

use holdpoint_domain::session::StepId;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

/// The id of the element that shows a step.
pub fn anchor(step: &str) -> String {
    format!("step-{step}")
}

/// The step that the browser's address names.
pub fn step() -> Option<StepId> {
    let hash = window().location().hash().ok()?;
    let named = js_sys::decode_uri_component(&hash).map_or(hash, String::from);
    named.strip_prefix("#step-").map(str::to_owned)
}

/// Names this step in the address, or none. It is no other page, so that *Back* leads where it led before.
pub fn show(step: Option<&StepId>) {
    let path = window().location().pathname().unwrap_or_default();
    let address = match step {
        Some(step) => format!("{path}#{}", anchor(step)),
        None => path,
    };
    let history = window().history();
    let replaced = history.and_then(|history| {
        let state = history.state().unwrap_or(JsValue::NULL);
        history.replace_state_with_url(&state, "", Some(&address))
    });
    if let Err(error) = replaced {
        leptos::logging::warn!("the address could not be changed: {error:?}");
    }
}

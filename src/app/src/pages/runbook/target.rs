//! The heading that the address names: it is in view, has the focus, and is marked.

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use wasm_bindgen::JsCast;
use web_sys::{Element, FocusOptions, HtmlElement};

use crate::components::scroll::after_paint;

/// What marks it. The browser's own `:target` stays what it was when the router changes the address.
const MARK: &str = "data-sought";

/// Goes to the heading that the fragment of the address names, at first and whenever it changes. What keeps only some sections on
/// screen is emptied, so that the heading is there.
pub fn follow_fragment(filter: RwSignal<String>) {
    let hash = use_location().hash;
    Effect::new(move || {
        let id = decoded(&hash.get());
        if id.is_empty() {
            return;
        }
        after_paint(move || {
            if let Some(heading) = document().get_element_by_id(&id) {
                let is_hidden = heading.closest("[hidden]").is_ok_and(|around| around.is_some());
                if is_hidden && filter.try_set(String::new()).is_none() {
                    after_paint(move || go_to(&heading));
                } else {
                    go_to(&heading);
                }
            }
        });
    });
}

fn decoded(hash: &str) -> String {
    let hash = hash.trim_start_matches('#');
    js_sys::decode_uri_component(hash).map_or_else(|_| hash.to_owned(), String::from)
}

fn go_to(heading: &Element) {
    if let Ok(Some(before)) = document().query_selector(&format!("[{MARK}]")) {
        let _ = before.remove_attribute(MARK);
    }
    let marked = heading.set_attribute(MARK, "");
    heading.scroll_into_view();
    let options = FocusOptions::new();
    options.set_prevent_scroll(true);
    let focused = marked.and_then(|()| match heading.dyn_ref::<HtmlElement>() {
        Some(heading) => heading.focus_with_options(&options),
        None => Ok(()),
    });
    if let Err(error) = focused {
        leptos::logging::warn!("the heading could not be focused: {error:?}");
    }
}

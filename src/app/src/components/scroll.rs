//! Bringing something into view or into focus that has just been drawn.

use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition};

/// Does something once what was just drawn is painted: scrolling and focusing ask for a layout, which would hold the paint up.
pub fn after_paint(act: impl FnOnce() + 'static) {
    request_animation_frame(move || set_timeout(act, Duration::ZERO));
}

/// Puts the focus on the element with this id, where there is one.
pub fn focus(id: &str) {
    let element = document()
        .get_element_by_id(id)
        .and_then(|element| element.dyn_into::<HtmlElement>().ok());
    if let Some(Err(error)) = element.map(|element| element.focus()) {
        leptos::logging::warn!("{id} could not be focused: {error:?}");
    }
}

/// Scrolls an element into view, down or up by as little as it takes, and sideways into the middle.
pub fn scroll_to(element: &Element) {
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Nearest);
    options.set_inline(ScrollLogicalPosition::Center);
    element.scroll_into_view_with_scroll_into_view_options(&options);
}

//! Bringing something into view or into focus that has just been drawn.

use std::time::Duration;

use leptos::html::ElementType;
use leptos::prelude::*;
use leptos_use_event_listener::use_event_listener;
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

/// The `tabindex` of a box: a stop of the Tab key while it is smaller than what is in it, and none otherwise.
pub fn tab_stop<E>(of: NodeRef<E>) -> RwSignal<Option<&'static str>>
where
    E: ElementType + 'static,
    E::Output: JsCast + AsRef<Element> + Clone + 'static,
{
    let stop = RwSignal::new(None);
    let measure = move || {
        let Some(element) = of.try_get_untracked().flatten() else {
            return;
        };
        let element: &Element = element.as_ref();
        let scrolls = element.scroll_width() > element.client_width() + 1
            || element.scroll_height() > element.client_height() + 1;
        let wanted = scrolls.then_some("0");
        if stop.try_get_untracked().is_some_and(|known| known != wanted) {
            stop.set(wanted);
        }
    };
    Effect::new(move || {
        if of.get().is_some() {
            after_paint(measure);
        }
    });
    let _ = use_event_listener(window(), leptos::ev::resize, move |_| measure());
    stop
}

/// Brings the element with this id into view, where it is out of it.
pub fn reveal(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        let options = ScrollIntoViewOptions::new();
        options.set_block(ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// Scrolls a container sideways until its child is in the middle. The page around it does not move.
pub fn center_in(container: &Element, child: &Element) {
    let (outer, inner) = (container.get_bounding_client_rect(), child.get_bounding_client_rect());
    let off = (inner.left() + inner.width() / 2.0) - (outer.left() + outer.width() / 2.0);
    container.set_scroll_left(container.scroll_left() + off.round() as i32);
}

/// Scrolls a container up or down until its child is in sight. The page around it does not move.
pub fn reveal_in(container: &Element, child: &Element) {
    let (outer, inner) = (container.get_bounding_client_rect(), child.get_bounding_client_rect());
    let off = (inner.top() - outer.top()).min(0.0) + (inner.bottom() - outer.bottom()).max(0.0);
    container.set_scroll_top(container.scroll_top() + off.round() as i32);
}

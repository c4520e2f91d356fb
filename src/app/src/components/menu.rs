//! A menu of links on the browser's own `<details>`, which Escape, a choice and a click elsewhere close.

use leptos::html;
use leptos::prelude::*;
use leptos_use_event_listener::use_event_listener;
use wasm_bindgen::JsCast;
use web_sys::{EventTarget, Node};

use crate::components::icons::{Glyph, Icon};

#[component]
pub fn Menu(
    glyph: Glyph,
    name: &'static str,
    /// One `li` for each thing that can be chosen.
    children: Children,
) -> impl IntoView {
    let element = NodeRef::<html::Details>::new();
    let close = move || {
        if let Some(details) = element.try_get_untracked().flatten() {
            details.set_open(false);
        }
    };
    let is_within = move |target: Option<EventTarget>| {
        let node = target.and_then(|target| target.dyn_into::<Node>().ok());
        let details = element.try_get_untracked().flatten();
        details.is_some_and(|details| details.contains(node.as_ref()))
    };
    let _ = use_event_listener(window(), leptos::ev::pointerdown, move |event| {
        if !is_within(event.target()) {
            close();
        }
    });
    let on_key = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape"
            && let Some(details) = element.get_untracked().filter(|details| details.open())
        {
            event.prevent_default();
            details.set_open(false);
            let summary = details
                .first_element_child()
                .and_then(|child| child.dyn_into::<web_sys::HtmlElement>().ok());
            if let Some(Err(error)) = summary.map(|summary| summary.focus()) {
                leptos::logging::warn!("the menu's button could not be focused: {error:?}");
            }
        }
    };
    let on_leave = move |event: web_sys::FocusEvent| {
        // Without a next element the window lost the focus, or a press elsewhere is under way.
        if event.related_target().is_some() && !is_within(event.related_target()) {
            close();
        }
    };
    view! {
        <details node_ref=element class="menu" on:keydown=on_key on:focusout=on_leave>
            <summary class="btn bare small">
                <Icon glyph />
                {name}
            </summary>
            <ul role="list" on:click=move |_: web_sys::MouseEvent| close()>
                {children()}
            </ul>
        </details>
    }
}

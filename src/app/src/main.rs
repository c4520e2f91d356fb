//! The Holdpoint page: rendered in the browser, driven by the events that the proxy recorded.
//!
//! Layers depend on each other one way: pages → components and state; state → api → domain. Components take props and give
//! callbacks; they never fetch.

mod api;
mod app;
mod components;
mod pages;
mod state;

use leptos::prelude::*;

fn main() {
    console_error_panic_hook::set_once();
    mount_to_body(app::App);
    // What index.html shows until the page is drawn.
    if let Some(boot) = document().get_element_by_id("boot") {
        boot.remove();
    }
}

//! The Holdpoint page: rendered in the browser, driven by the events that the proxy recorded.
//!
//! Layers depend on each other one way: pages → components and state; state → api → domain. Components take props and give
//! callbacks; they never fetch.

mod api;
mod app;
mod blocks;
mod cells;
mod components;
mod pages;
mod route;
mod state;

fn main() {
    console_error_panic_hook::set_once();
    state::offline::keep_page();
    leptos::mount::mount_to_body(app::app);
    // What index.html shows while the program is on its way has done its work.
    if let Some(boot) = leptos::prelude::document().get_element_by_id("boot") {
        boot.remove();
    }
}

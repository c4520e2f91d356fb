//! The Holdpoint page: rendered in the browser, driven by the events that the proxy recorded.
//!
//! Imports run one way: `app` → `shell`, `pages` → `components`, `state` → `api` → domain. A page imports no other page;
//! components take props and give callbacks; `format` is text only, and open to all.

#![allow(missing_docs, reason = "no other crate uses the items of this program")]

mod api;
mod app;
mod components;
mod format;
mod pages;
mod shell;
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

//! What stands around every page: banner, navigation, theme, connection.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::cells::{Callback, Read};
use crate::components::dom::{El, button, el, paragraph, report};
use crate::components::icons::{Glyph, icon, mark};
use crate::state::settings::Theme;

/// What the header follows.
#[derive(Clone, Copy)]
pub struct HeaderSignals {
    /// Whether the rehearsal's page exists.
    pub rehearsal: Read<bool>,
    /// The theme.
    pub theme: Read<Theme>,
    /// The page's path.
    pub path: Read<String>,
}

/// The site's header. Pages of a session have their own below it.
pub fn site_header(signals: HeaderSignals, on_theme: Callback<Theme>, on_palette: Callback<()>) -> El {
    let HeaderSignals { rehearsal, theme, path } = signals;
    let current = move |to: &'static str| move || path.with(|path| path == to);
    let link = |to: &'static str, name: &str| {
        el("a")
            .attr("href", to)
            .live_mark("aria-current", "page", current(to))
            .text(name)
    };
    let nav = el("nav")
        .class("site-nav")
        .label("Main")
        .child(link("/", "Runbooks and sessions"))
        .child(link("/rehearsal", "Rehearsal").live_hidden(move || !rehearsal.get()));
    let go_to = button("btn bare small go-to")
        .on_click(move || on_palette.run(()))
        .child(icon(Glyph::Search))
        .text("Go to ")
        .child(el("kbd").text("Ctrl K"));
    let theme = button("btn bare small theme")
        .on_click(move || on_theme.run(theme.get_untracked().next()))
        .child(icon(Glyph::Theme))
        .live_text(move || format!("Theme: {}", theme.get().word()));
    el("header")
        .class("site")
        .child(el("a").attr("href", "/").class("brand").child(mark()).text("Holdpoint"))
        .child(nav)
        .child(go_to)
        .child(theme)
}

/// The first thing that the Tab key reaches: past everything that stands on every page.
pub fn skip_link(path: Read<String>) -> El {
    let words = move || {
        if path.with(|path| path.starts_with("/sessions/")) {
            "Skip to the current step"
        } else {
            "Skip to content"
        }
    };
    let skip = move |event: web_sys::Event| {
        // The address stays what it is, so that a reload shows the same page.
        event.prevent_default();
        let content = document()
            .get_element_by_id("content")
            .map(|element| element.unchecked_into::<HtmlElement>().focus());
        if let Some(Err(error)) = content {
            report("the content could not be focused", &error);
        }
    };
    el("a")
        .class("skip")
        .attr("href", "#content")
        .on("click", skip)
        .live_word(words)
}

/// The whole page, as long as the proxy does not know this browser.
pub fn sign_in_needed(retry: Callback<()>) -> El {
    let how = paragraph("quiet")
        .text("It looks like ")
        .child(el("code").text("http://127.0.0.1:…/sign-in?token=…"))
        .text(" and stands in the terminal where Holdpoint runs. A link works once; ")
        .child(el("code").text("holdpoint token new"))
        .text(" prints another.");
    let told = "Sign in needed: use the one-time link that the proxy printed at its start.";
    el("main")
        .id("content")
        .class("page sign-in")
        .attr("tabindex", "-1")
        .child(el("h1").text("Sign in needed"))
        .child(paragraph("lead").text(told))
        .child(how)
        .child(button("btn").on_click(move || retry.run(())).text("I have signed in"))
}

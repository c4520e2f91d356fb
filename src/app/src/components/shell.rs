//! What stands around every page: banner, navigation, theme, connection.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::cells::Read;
use crate::components::dom::{El, button, el};
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
    let current = move |to: &'static str| move || path.with(|path| path == to).then(|| "page".to_owned());
    let link = |to: &'static str, name: &str| {
        el("a")
            .attr("href", to)
            .live_attr("aria-current", current(to))
            .text(name)
    };
    let nav = el("nav")
        .class("site-nav")
        .attr("aria-label", "Main")
        .child(link("/", "Runbooks and sessions"))
        .child(link("/rehearsal", "Rehearsal").live_attr("hidden", move || (!rehearsal.get()).then(String::new)));
    let go_to = button("btn bare small go-to")
        .on("click", move |_| on_palette.run(()))
        .child(icon(Glyph::Search))
        .text("Go to ")
        .child(el("kbd").text("Ctrl K"));
    let theme = button("btn bare small theme")
        .on("click", move |_| on_theme.run(theme.get_untracked().next()))
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
            .and_then(|element| element.dyn_into::<HtmlElement>().ok());
        if let Some(Err(error)) = content.map(|content| content.focus()) {
            leptos::logging::warn!("the content could not be focused: {error:?}");
        }
    };
    el("a")
        .class("skip")
        .attr("href", "#content")
        .on("click", skip)
        .live_text(move || words().to_owned())
}

/// The whole page, as long as the proxy does not know this browser.
pub fn sign_in_needed(retry: Callback<()>) -> El {
    let how = el("p")
        .class("quiet")
        .text("It looks like ")
        .child(el("code").text("http://127.0.0.1:…/sign-in?token=…"))
        .text(" and stands in the terminal where Holdpoint runs. A link works once; ")
        .child(el("code").text("holdpoint token new"))
        .text(" prints another.");
    let told = "Sign in needed: use the one-time link that the proxy printed at its start.";
    el("main")
        .attr("id", "content")
        .class("page sign-in")
        .attr("tabindex", "-1")
        .child(el("h1").text("Sign in needed"))
        .child(el("p").class("lead").text(told))
        .child(how)
        .child(
            button("btn")
                .on("click", move |_| retry.run(()))
                .text("I have signed in"),
        )
}

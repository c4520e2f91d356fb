//! What stands around every page: banner, navigation, theme, connection.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::cells::Read;
use crate::components::icons::{Glyph, Icon, Mark};
use crate::state::settings::Theme;

/// The site's header. Pages of a session have their own below it.
#[component]
pub fn SiteHeader(
    /// Whether the rehearsal's page exists.
    #[prop(into)]
    rehearsal: Read<bool>,
    /// The theme.
    #[prop(into)]
    theme: Read<Theme>,
    /// Changes the theme.
    on_theme: Callback<Theme>,
    /// Opens the palette.
    on_palette: Callback<()>,
    /// The page's path.
    #[prop(into)]
    path: Read<String>,
) -> impl IntoView {
    let current = move |to: &'static str| path.with(|path| path == to).then_some("page");
    view! {
        <header class="site">
            <a href="/" class="brand"><Mark />"Holdpoint"</a>
            <nav class="site-nav" aria-label="Main">
                <a href="/" aria-current=move || current("/")>"Runbooks and sessions"</a>
                <Show when=move || rehearsal.get()><a href="/rehearsal" aria-current=move || current("/rehearsal")>"Rehearsal"</a></Show>
            </nav>
            <button class="btn bare small go-to" on:click=move |_| on_palette.run(())><Icon glyph=Glyph::Search />"Go to "<kbd>"Ctrl K"</kbd></button>
            <button class="btn bare small theme" on:click=move |_| on_theme.run(theme.get_untracked().next())>
                <Icon glyph=Glyph::Theme />
                {move || format!("Theme: {}", theme.get().word())}
            </button>
        </header>
    }
}

/// The first thing that the Tab key reaches: past everything that stands on every page.
#[component]
pub fn SkipLink(
    /// The page's path.
    #[prop(into)]
    path: Read<String>,
) -> impl IntoView {
    let words = move || if path.with(|path| path.starts_with("/sessions/")) { "Skip to the current step" } else { "Skip to content" };
    let skip = move |event: leptos::ev::MouseEvent| {
        // The address stays what it is, so that a reload shows the same page.
        event.prevent_default();
        let content = document().get_element_by_id("content").and_then(|element| element.dyn_into::<HtmlElement>().ok());
        if let Some(Err(error)) = content.map(|content| content.focus()) {
            leptos::logging::warn!("the content could not be focused: {error:?}");
        }
    };
    view! { <a class="skip" href="#content" on:click=skip>{words}</a> }
}

/// The whole page, as long as the proxy does not know this browser.
#[component]
pub fn SignInNeeded(
    /// Asks again.
    retry: Callback<()>,
) -> impl IntoView {
    view! {
        <main id="content" class="page sign-in" tabindex="-1">
            <h1>"Sign in needed"</h1>
            <p class="lead">"Sign in needed: use the one-time link that the proxy printed at its start."</p>
            <p class="quiet">
                "It looks like " <code>"http://127.0.0.1:…/sign-in?token=…"</code>
                " and stands in the terminal where Holdpoint runs. A link works once; "
                <code>"holdpoint token"</code> " prints another."
            </p>
            <button class="btn" on:click=move |_| retry.run(())>"I have signed in"</button>
        </main>
    }
}

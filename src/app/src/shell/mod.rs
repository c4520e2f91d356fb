//! What stands around every page: the site's header, the skip link, the palette, and the way in.

pub mod palette;
mod sign_in;

use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_location;

use crate::components::attention::use_attention;
use crate::components::icons::{Glyph, Icon, Mark};
use crate::components::menu::Menu;
use crate::components::scroll::focus;
use crate::components::scroll_places::keep_scroll_places;
use crate::state::app::use_app;
pub use sign_in::SignInNeeded;

struct Page {
    href: &'static str,
    name: &'static str,
    /// What lies below its address is not it.
    exact: bool,
    /// Only a rehearsal has it.
    rehearsal: bool,
}

const fn page(href: &'static str, name: &'static str, exact: bool) -> Page {
    Page {
        href,
        name,
        exact,
        rehearsal: false,
    }
}

const PAGES: [Page; 5] = [
    page("/", "Home", true),
    page("/sessions", "Sessions", true),
    page("/gates", "Gates", false),
    page("/incidents", "Incidents", false),
    Page {
        rehearsal: true,
        ..page("/rehearsal", "Rehearsal", false)
    },
];

/// The site's header. Pages of a session have their own below it.
#[component]
pub fn SiteHeader() -> impl IntoView {
    let app = use_app();
    view! {
        <header class="site">
            <a href="/" class="brand">
                <Mark />
                "Holdpoint"
            </a>
            <nav class="site-nav" aria-label="Main">
                <Links />
            </nav>
            // In place of the line of links, where there is no room for it.
            <nav class="site-menu" aria-label="Main">
                <Menu glyph=Glyph::Menu name="Menu"><Links in_list=true /></Menu>
            </nav>
            <button
                type="button"
                class="btn bare small go-to"
                aria-keyshortcuts="Control+K"
                on:click=move |_| app.palette_open.set(true)
            >
                <Icon glyph=Glyph::Search />
                "Go to "
                <kbd aria-hidden="true">"Ctrl K"</kbd>
            </button>
            <button type="button" class="btn bare small theme" on:click=move |_| app.settings.next_theme()>
                <Icon glyph=Glyph::Theme />
                {move || format!("Theme: {}", app.settings.theme().word())}
            </button>
        </header>
    }
}

/// The pages that every page leads to.
#[component]
fn Links(
    /// Each is an item of a list.
    #[prop(optional)]
    in_list: bool,
) -> impl IntoView {
    let app = use_app();
    move || {
        let all = PAGES
            .into_iter()
            .filter(move |page| !page.rehearsal || app.rehearsal.get());
        let each = all.map(|Page { href, name, exact, .. }| {
            let link = view! { <A href=href exact=exact>{name}</A> };
            if in_list {
                view! { <li>{link}</li> }.into_any()
            } else {
                link.into_any()
            }
        });
        each.collect_view()
    }
}

/// What happens whenever one page takes the place of another: the focus goes along, and a page that one goes back to is
/// where it was scrolled.
#[component]
pub fn PageChanges() -> impl IntoView {
    let (attention, path) = (use_attention(), use_location().pathname);
    keep_scroll_places();
    Effect::new(move |before: Option<String>| {
        let now = path.get();
        if before.is_some_and(|before| before != now) {
            attention.page_changed();
        }
        now
    });
}

/// The first thing that the Tab key reaches: past everything that stands on every page.
#[component]
pub fn SkipLink() -> impl IntoView {
    let path = use_location().pathname;
    let words = move || {
        if path.with(|path| path.strip_prefix("/sessions/").is_some_and(|id| !id.contains('/'))) {
            "Skip to the current step"
        } else {
            "Skip to content"
        }
    };
    let skip = move |event: leptos::ev::MouseEvent| {
        // The address stays what it is, so that a reload shows the same page.
        event.prevent_default();
        focus("content");
    };
    view! { <a class="skip" href="#content" on:click=skip>{words}</a> }
}

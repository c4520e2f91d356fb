//! What an address leads to when there is nothing there.

use leptos::prelude::window;

use crate::components::common::{page_main, page_title};
use crate::components::dom::{El, div, el, paragraph};

/// There is no such page, runbook or session. A wrong address is never quietly taken for another one.
pub fn not_found_page() -> El {
    page_title("Not found");
    let path = window().location().pathname().unwrap_or_default();
    let words = "The session or the runbook may be on another proxy, or the address lost a part when it was copied. Nothing was changed.";
    page_main("page lost")
        .child(paragraph("code").text(&path))
        .child(el("h1").text("There is nothing at this address"))
        .child(paragraph("lead").text(words))
        .child(
            div("acts").child(
                el("a")
                    .class("btn primary")
                    .attr("href", "/")
                    .text("Runbooks and sessions"),
            ),
        )
}

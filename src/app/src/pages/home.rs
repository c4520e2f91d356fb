//! The home page: sessions under way, and the runbooks that more can be started from.

use holdpoint_domain::wire::RunbookBrief;

use crate::api;
use crate::cells::Read;
use crate::components::common::{empty, page_main, page_title, show_fetched};
use crate::components::dom::{El, div, el, paragraph};
use crate::components::runbook_card::runbook_card;
use crate::components::session_list::session_list;
use crate::state::app::AppState;
use crate::state::fetch::Fetch;

/// The home page.
pub fn home_page(app: AppState) -> El {
    let sessions = Fetch::new(api::sessions);
    let runbooks = Fetch::new(api::runbooks);
    let now = Read::derive(move || app.clock.now());
    page_title("Runbooks and sessions");
    page_main("page home")
        .child(el("h1").text("Runbooks and sessions"))
        .child(part("sessions-title", "Sessions", move || {
            show_fetched(sessions, "the sessions", |sessions| session_list(sessions, now))
        }))
        .child(part("runbooks-title", "Runbooks", move || {
            show_fetched(runbooks, "the runbooks", |runbooks| cards(runbooks))
        }))
}

fn part(id: &str, title: &str, content: impl Fn() -> Vec<El> + 'static) -> El {
    el("section")
        .attr("aria-labelledby", id)
        .child(el("h2").id(id).text(title))
        .child(el("div").live_children(content))
}

fn cards(runbooks: &[RunbookBrief]) -> Vec<El> {
    if runbooks.is_empty() {
        let words = paragraph("quiet")
            .text("The folder that the proxy reads has no Markdown files. Start it with ")
            .child(el("code").text("holdpoint serve --runbooks DIR"))
            .text(".");
        return vec![empty("No runbooks", words)];
    }
    vec![div("cards").each(runbooks, runbook_card)]
}

//! A runbook to read, with its procedures to start beside it.

mod sections;

use holdpoint_domain::runbook::{Block, Runbook};
use holdpoint_domain::wire::{ProcedureBrief, RunbookRead};
use leptos::prelude::*;

use crate::api;
use crate::cells::{Callback, Derived, Held};
use crate::components::common::{empty, page_main, page_title, show_load};
use crate::components::diagnostics::diagnostics;
use crate::components::dom::{El, el};
use crate::components::markdown::blocks_view;
use crate::components::runbook_card::procedure_row;
use crate::state::app::AppState;
use crate::state::fetch::Fetch;
use crate::state::load::Load;
use sections::{matching, sections};

/// The page of a runbook.
pub fn runbook_page(app: AppState, name: String) -> El {
    let read = Fetch::new(move || {
        let name = name.clone();
        async move { api::runbook(&name).await }
    });
    // It holds whichever landmarks the page has in its state, and is none itself.
    el("div").live_children(move || {
        let loaded = read.get();
        let here = matches!(loaded, Load::Ready(_));
        let content = show_load(loaded, "the runbook", Callback::new(move |()| read.again()), |read| {
            vec![reading(app, read)]
        });
        if here {
            content
        } else {
            page_title("Runbook");
            vec![page_main("page").child(el("h1").text("Runbook")).children(content)]
        }
    })
}

fn reading(app: AppState, read: RunbookRead) -> El {
    let Runbook {
        title,
        metadata,
        blocks,
        procedures,
        diagnostics: remarks,
        ..
    } = read.runbook;
    page_title(&title);
    let asked = untrack(|| app.router.query("procedure"));
    let rows = procedures.iter().map(|procedure| {
        let chosen = asked.as_ref() == Some(&procedure.id);
        procedure_row(&read.name, &ProcedureBrief::from(procedure), chosen)
    });
    let facts = metadata.into_iter().map(|fact| {
        el("div")
            .child(el("dt").text(&fact.name))
            .child(el("dd").text(&fact.value))
    });
    let none = procedures.is_empty().then(|| {
        el("p")
            .class("quiet small")
            .text("Nothing in this runbook can be run; it can be read.")
    });
    let side = el("aside")
        .class("reading-side")
        .attr("aria-label", "Procedures")
        .child(el("h2").class("label").text("Procedures"))
        .children(none)
        .child(el("ul").class("procedures").children(rows))
        .child(el("dl").class("metadata small").children(facts))
        .children(diagnostics(remarks));
    el("div").class("reading").child(side).child(document(&title, blocks))
}

/// The document, and the field that keeps only the sections that say something.
fn document(title: &str, blocks: Vec<Block>) -> El {
    let titles = blocks
        .iter()
        .filter(|block| matches!(block, Block::Heading { level: 1, .. }))
        .count();
    // A page has one heading of the first level: the document's own, where it has exactly one.
    let offset = u8::from(titles != 1);
    let own = (titles != 1).then(|| el("h1").text(title));
    let sections = StoredValue::new(sections(blocks));
    let wanted = Held::new(String::new());
    let found =
        Derived::new(move |()| wanted.with(|wanted| sections.with_value(|sections| matching(sections, wanted))));
    let all = sections.with_value(Vec::len);
    let count = move || match wanted.with(|wanted| wanted.trim().is_empty()) {
        true => String::new(),
        false => format!("{} of {all} sections", found.with(Vec::len)),
    };
    let find = el("div")
        .class("find")
        .attr("role", "search")
        .child(el("label").attr("for", "find").text("Find in this runbook"))
        .child(
            el("input")
                .attr("id", "find")
                .attr("type", "search")
                .attr("autocomplete", "off")
                .on("input", move |event| wanted.set(event_target_value(&event))),
        )
        .child(el("span").class("quiet small").attr("role", "status").live_text(count));
    let nothing = move || {
        let words = || {
            empty(
                "No section says that",
                el("p").class("quiet").text("Try fewer or shorter words."),
            )
        };
        if found.with(Vec::is_empty) {
            vec![words()]
        } else {
            Vec::new()
        }
    };
    let keys = move || found.with(|found| found.iter().map(usize::to_string).collect());
    let section = move |key: &str| {
        let blocks = sections.with_value(|sections| {
            let section = key.parse::<usize>().ok().and_then(|index| sections.get(index));
            section.map_or_else(Vec::new, |section| blocks_view(&section.blocks, offset, true))
        });
        el("section").class("prose").children(blocks)
    };
    page_main("document")
        .child(find)
        .children(own)
        .child(el("div").live_children(nothing))
        .child(el("div").class("sections").live_list(keys, section))
}

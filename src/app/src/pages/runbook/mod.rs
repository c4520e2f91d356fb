//! A runbook to read, with its procedures to start beside it.

mod sections;

use holdpoint_domain::runbook::{self, Procedure, Runbook, Step};
use holdpoint_domain::wire::{ProcedureBrief, RunbookText};
use leptos::prelude::*;

use crate::cells::{Derived, Held};
use crate::api;
use crate::components::common::{PageTitle, empty, show_load};
use crate::components::diagnostics::diagnostics;
use crate::components::dom::{El, Nodes, el};
use crate::components::markdown::blocks_view;
use crate::components::runbook_card::procedure_row;
use crate::state::app::use_app;
use crate::state::fetch::Fetch;
use crate::state::load::Load;
use sections::{matching, sections};

/// The page of a runbook.
#[component]
pub fn RunbookPage(
    /// The runbook's name.
    name: String,
) -> impl IntoView {
    let text = Fetch::new(move || {
        let name = name.clone();
        async move { api::runbook(&name).await }
    });
    move || {
        let loaded = text.get();
        let failed = !matches!(loaded, Load::Ready(_));
        let content = show_load(loaded, "the runbook", Callback::new(move |()| text.again()), |text| {
            view! { <Reading text=text /> }
        });
        if failed {
            view! {
                <PageTitle text="Runbook" />
                <main id="content" class="page" tabindex="-1"><h1>"Runbook"</h1>{content}</main>
            }
            .into_any()
        } else {
            content
        }
    }
}

/// How many gates a step and its sub-steps name.
fn gates(steps: &[Step]) -> usize {
    steps.iter().map(|step| step.gates.len() + gates(&step.children)).sum()
}

fn brief(procedure: &Procedure) -> ProcedureBrief {
    ProcedureBrief {
        id: procedure.id.clone(),
        title: procedure.title.clone(),
        kind: procedure.kind,
        steps: u32::try_from(procedure.steps.len()).unwrap_or(u32::MAX),
        gates: u32::try_from(gates(&procedure.steps)).unwrap_or(u32::MAX),
    }
}

#[component]
fn Reading(text: RunbookText) -> impl IntoView {
    let Runbook { title, metadata, blocks, procedures, diagnostics: remarks, .. } = runbook::read(&text.name, &text.text);
    let asked = untrack(|| use_app().router.query("procedure"));
    let rows: Vec<_> = procedures
        .iter()
        .map(|procedure| {
            let chosen = asked.as_ref() == Some(&procedure.id);
            procedure_row(&text.name, &brief(procedure), chosen)
        })
        .collect();
    let none = rows.is_empty();
    let facts: Vec<_> =
        metadata.into_iter().map(|fact| view! { <div><dt>{fact.name}</dt><dd>{fact.value}</dd></div> }).collect();
    view! {
        <PageTitle text=title.clone() />
        <div class="reading">
            <aside class="reading-side" aria-label="Procedures">
                <h2 class="label">"Procedures"</h2>
                {none.then(|| view! { <p class="quiet small">"Nothing in this runbook can be run; it can be read."</p> })}
                <ul class="procedures">{Nodes::new(rows)}</ul>
                <dl class="metadata small">{facts}</dl>
                {diagnostics(remarks).map(El::view)}
            </aside>
            <main id="content" class="document" tabindex="-1"><Document title=title blocks=blocks /></main>
        </div>
    }
}

/// The document, and the field that keeps only the sections that say something.
#[component]
fn Document(title: String, blocks: Vec<runbook::Block>) -> impl IntoView {
    let titles = blocks.iter().filter(|block| matches!(block, runbook::Block::Heading { level: 1, .. })).count();
    // A page has one heading of the first level: the document's own, where it has exactly one.
    let offset = u8::from(titles != 1);
    let own = (titles != 1).then(|| view! { <h1>{title}</h1> });
    let sections = StoredValue::new(sections(blocks));
    let wanted = Held::new(String::new());
    let found = Derived::new(move |()| wanted.with(|wanted| sections.with_value(|sections| matching(sections, wanted))));
    let all = sections.with_value(Vec::len);
    view! {
        <div class="find" role="search">
            <label for="find">"Find in this runbook"</label>
            <input id="find" type="search" autocomplete="off" prop:value=move || wanted.get() on:input=move |event| wanted.set(event_target_value(&event)) />
            <span class="quiet small" role="status">
                {move || (!wanted.with(|wanted| wanted.trim().is_empty())).then(|| format!("{} of {all} sections", found.with(Vec::len)))}
            </span>
        </div>
        {own}
        <Show when=move || found.with(Vec::is_empty)>
            {empty("No section says that", el("p").class("quiet").text("Try fewer or shorter words.")).view()}
        </Show>
        <For each=move || found.get() key=|index| *index let:index>
            <section class="prose">
                {sections.with_value(|sections| sections.get(index).map(|section| {
                    Nodes::new(blocks_view(&section.blocks, offset, true))
                }))}
            </section>
        </For>
    }
}

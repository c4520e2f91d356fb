//! A runbook to read, with its procedures to start beside it.

mod sections;

use holdpoint_domain::runbook::{self, Procedure, Runbook, Step};
use holdpoint_domain::wire::{ProcedureBrief, RunbookText};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::api;
use crate::components::common::{EmptyState, PageTitle, show_load};
use crate::components::diagnostics::Diagnostics;
use crate::components::markdown::Blocks;
use crate::components::runbook_card::ProcedureRow;
use sections::{matching, sections};

/// The page of a runbook.
#[component]
pub fn RunbookPage() -> impl IntoView {
    let params = use_params_map();
    let name = Memo::new(move |_| params.with(|params| params.get("name").unwrap_or_default()));
    let text = LocalResource::new(move || {
        let name = name.get();
        async move { api::runbook(&name).await }
    });
    move || {
        let loaded = text.get();
        let failed = !matches!(loaded, Some(Ok(_)));
        let content = show_load(loaded, "the runbook", Callback::new(move |()| text.refetch()), |text| {
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
    let Runbook { title, metadata, blocks, procedures, diagnostics, .. } = runbook::read(&text.name, &text.text);
    let query = use_query_map();
    let asked = query.with_untracked(|query| query.get("procedure"));
    let rows: Vec<_> = procedures
        .iter()
        .map(|procedure| {
            let chosen = asked.as_ref() == Some(&procedure.id);
            view! { <ProcedureRow runbook=text.name.clone() procedure=brief(procedure) chosen=chosen /> }
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
                <ul class="procedures">{rows}</ul>
                <dl class="metadata small">{facts}</dl>
                <Diagnostics list=diagnostics />
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
    let wanted = RwSignal::new(String::new());
    let found = Memo::new(move |_| wanted.with(|wanted| sections.with_value(|sections| matching(sections, wanted))));
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
            <EmptyState title="No section says that"><p class="quiet">"Try fewer or shorter words."</p></EmptyState>
        </Show>
        <For each=move || found.get() key=|index| *index let:index>
            <section class="prose">
                {sections.with_value(|sections| sections.get(index).map(|section| {
                    view! { <Blocks blocks=section.blocks.clone() offset=offset /> }
                }))}
            </section>
        </For>
    }
}

//! A runbook to read, with its procedures to start beside it.

mod drills;
mod sections;
mod target;

use holdpoint_domain::runbook::{Block, Procedure};
use holdpoint_domain::wire::{ProcedureBrief, RunbookPage, RunbookRead};
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_params};
use leptos_router::params::Params;

use crate::api;
use crate::components::diagnostics::Diagnostics;
use crate::components::loading::{EmptyState, Loaded};
use crate::components::markdown::Blocks;
use crate::components::procedure_row::ProcedureRow;
use crate::components::title::PageTitle;
use drills::Drills;
use sections::{matching, sections};
use target::follow_fragment;

#[derive(Clone, Debug, PartialEq, Params)]
struct RunbookParams {
    name: String,
}

/// `/runbooks/:name?procedure=`.
#[component]
pub fn RunbookPage() -> impl IntoView {
    let asked = use_params::<RunbookParams>();
    view! {
        <PageTitle text="Runbook" />
        {move || asked.get().ok().map(|RunbookParams { name }| view! { <Named name /> })}
    }
}

#[component]
fn Named(name: String) -> impl IntoView {
    let read = LocalResource::new(move || {
        let name = name.clone();
        async move { api::runbook(&name).await }
    });
    view! {
        <Loaded resource=read what="the runbook" page="Runbook" let:read>
            <Reading read />
        </Loaded>
    }
}

#[component]
fn Reading(read: RunbookRead) -> impl IntoView {
    let RunbookPage {
        title,
        metadata,
        blocks,
        procedures,
        diagnostics,
    } = read.runbook;
    let facts = metadata.into_iter().map(|fact| {
        view! {
            <div>
                <dt>{fact.name}</dt>
                <dd>{fact.value}</dd>
            </div>
        }
    });
    view! {
        <PageTitle text=title.clone() />
        <div class="reading">
            <aside class="reading-side" aria-label="Procedures">
                <h2 class="label">"Procedures"</h2>
                <Procedures runbook=read.name.clone() procedures=procedures.clone() />
                <dl class="metadata small">{facts.collect_view()}</dl>
                <Diagnostics list=diagnostics />
                <Drills runbook=read.name procedures />
            </aside>
            <main id="content" class="document" tabindex="-1">
                <Document title blocks />
            </main>
        </div>
    }
}

#[component]
fn Procedures(runbook: String, procedures: Vec<Procedure>) -> impl IntoView {
    // Not `use_query`: it keeps the old query when the address changes within one route (leptos_router 0.8.17).
    let asked = use_location().query.with_untracked(|query| query.get("procedure"));
    let none = procedures.is_empty();
    let rows = procedures.iter().map(|procedure| {
        let chosen = asked.as_ref() == Some(&procedure.id);
        view! { <ProcedureRow runbook=runbook.clone() procedure=ProcedureBrief::from(procedure) chosen /> }
    });
    view! {
        {none.then(|| view! { <p class="quiet small">"Nothing in this runbook can be run; it can be read."</p> })}
        <ul role="list" class="procedures">{rows.collect_view()}</ul>
    }
}

/// The document, and the field that keeps only the sections that say something.
#[component]
fn Document(title: String, blocks: Vec<Block>) -> impl IntoView {
    let titles = blocks
        .iter()
        .filter(|block| matches!(block, Block::Heading { level: 1, .. }))
        .count();
    // A page has one heading of the first level: the document's own, where it has exactly one.
    let own = (titles != 1).then(|| view! { <h1>{title}</h1> });
    let offset = u8::from(titles != 1);
    let sections = StoredValue::new(sections(blocks));
    let all = sections.with_value(Vec::len);
    let wanted = RwSignal::new(String::new());
    follow_fragment(wanted);
    let found = Memo::new(move |_| wanted.with(|wanted| sections.with_value(|sections| matching(sections, wanted))));
    let count = move || {
        let asked = wanted.with(|wanted| !wanted.trim().is_empty());
        asked.then(|| format!("{} of {all} sections", found.with(Vec::len)))
    };
    let all_sections = sections.with_value(|sections| {
        let each = sections.iter().enumerate().map(|(index, section)| {
            let is_found = move || found.with(|found| found.contains(&index));
            view! {
                <section class="prose" hidden=move || !is_found()>
                    <Blocks blocks=section.blocks.clone() offset copy=true />
                </section>
            }
        });
        each.collect_view()
    });
    view! {
        <div class="find" role="search">
            <label for="find">"Find in this runbook"</label>
            <input id="find" type="search" autocomplete="off" bind:value=wanted />
            <span class="quiet small" role="status">
                {count}
            </span>
        </div>
        {own}
        <div hidden=move || found.with(|found| !found.is_empty())>
            <EmptyState title="No section says that">
                <p class="quiet">"Try fewer or shorter words."</p>
            </EmptyState>
        </div>
        {all_sections}
    }
}

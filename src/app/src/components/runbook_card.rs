//! A runbook with its procedures, as the home page shows it.

use holdpoint_domain::wire::{ProcedureBrief, RunbookBrief};
use leptos::prelude::*;
use leptos_router::components::A;

use crate::components::icons::{Glyph, Icon};
use crate::components::kind::{KindLabel, count};

/// A runbook.
#[component]
pub fn RunbookCard(
    /// The runbook.
    runbook: RunbookBrief,
) -> impl IntoView {
    let name = runbook.name.clone();
    let remarks = match (runbook.errors, runbook.warnings) {
        (0, 0) => None,
        (0, warnings) => Some(("small quiet", count(warnings as usize, "warning"))),
        (errors, _) => Some(("small problem", count(errors as usize, "error"))),
    };
    let procedures: Vec<_> = runbook
        .procedures
        .into_iter()
        .map(|procedure| view! { <ProcedureRow runbook=name.clone() procedure=procedure /> })
        .collect();
    let none = procedures.is_empty();
    view! {
        <article class="card runbook-card">
            <header>
                <h3><A href=format!("/runbooks/{}", runbook.name)><Icon glyph=Glyph::Book />{runbook.title}</A></h3>
                {remarks.map(|(class, text)| view! { <span class=class>{text}</span> })}
            </header>
            {none.then(|| view! { <p class="quiet small">"Nothing in it can be run; it can be read."</p> })}
            <ul class="procedures">{procedures}</ul>
        </article>
    }
}

/// A procedure, and the way to start it.
#[component]
pub fn ProcedureRow(
    /// The runbook's name.
    #[prop(into)]
    runbook: String,
    /// The procedure.
    procedure: ProcedureBrief,
    /// It is the one that was asked for.
    #[prop(optional)]
    chosen: bool,
) -> impl IntoView {
    let size = match procedure.gates {
        0 => count(procedure.steps as usize, "step"),
        gates => format!("{}, {}", count(procedure.steps as usize, "step"), count(gates as usize, "gate")),
    };
    let href = format!("/runbooks/{runbook}/start/{}", procedure.id);
    view! {
        <li class="procedure-row" class:chosen=chosen>
            <KindLabel kind=procedure.kind />
            <span class="procedure-title">{procedure.title.clone()}</span>
            <span class="quiet small">{size}</span>
            <A href=href attr:class="btn small" attr:aria-label=format!("Start {}", procedure.title)>"Start"<Icon glyph=Glyph::Right /></A>
        </li>
    }
}

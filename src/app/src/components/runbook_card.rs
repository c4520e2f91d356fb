//! A runbook with its procedures, as the home page shows it.

use holdpoint_domain::wire::{ProcedureBrief, RunbookBrief};
use leptos::prelude::*;

use crate::components::icons::{Glyph, Icon};
use crate::components::kind::KindLabel;
use crate::format::count;

#[component]
pub fn RunbookCard(runbook: RunbookBrief) -> impl IntoView {
    let RunbookBrief {
        name,
        title,
        procedures,
        errors,
        warnings,
        ..
    } = runbook;
    let remarks = match (errors, warnings) {
        (0, 0) => None,
        (0, warnings) => Some(("small quiet", count(warnings as usize, "warning"))),
        (errors, _) => Some(("small problem", count(errors as usize, "error"))),
    };
    let href = format!("/runbooks/{name}");
    let none = procedures.is_empty();
    let of = title.clone();
    let rows = procedures
        .into_iter()
        .map(|procedure| view! { <ProcedureRow runbook=name.clone() of=of.clone() procedure /> });
    view! {
        <article class="card runbook-card">
            <header>
                <h3>
                    <a href=href>
                        <Icon glyph=Glyph::Book />
                        {title}
                    </a>
                </h3>
                {remarks.map(|(class, text)| view! { <span class=class>{text}</span> })}
            </header>
            {none.then(|| view! { <p class="quiet small">"Nothing in it can be run; it can be read."</p> })}
            <ul role="list" class="procedures">{rows.collect_view()}</ul>
        </article>
    }
}

#[component]
pub fn ProcedureRow(
    runbook: String,
    /// The runbook's title, where procedures of several stand on one page.
    #[prop(into, optional)]
    of: Option<String>,
    procedure: ProcedureBrief,
    #[prop(optional)] chosen: bool,
) -> impl IntoView {
    let steps = count(procedure.steps as usize, "step");
    let size = match procedure.gates {
        0 => steps,
        gates => format!("{steps}, {}", count(gates as usize, "gate")),
    };
    let href = format!("/runbooks/{runbook}/start/{}", procedure.id);
    let of = of.map_or_else(String::new, |of| format!(" · {of}"));
    let start = format!("Start {}{of}", procedure.title);
    view! {
        <li class="procedure-row" class:chosen=chosen>
            <KindLabel kind=procedure.kind />
            <span class="procedure-title">{procedure.title}</span>
            <span class="quiet small">{size}</span>
            <a href=href class="btn small" aria-label=start>
                "Start"
                <Icon glyph=Glyph::Right />
            </a>
        </li>
    }
}

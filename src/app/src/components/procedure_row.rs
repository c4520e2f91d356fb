//! A procedure of a runbook, as the runbook's page lists it.

use holdpoint_domain::wire::ProcedureBrief;
use leptos::prelude::*;

use crate::components::href::start_href;
use crate::components::icons::{Glyph, Icon};
use crate::components::kind::KindLabel;
use crate::format::count;

#[component]
pub fn ProcedureRow(runbook: String, procedure: ProcedureBrief, #[prop(optional)] chosen: bool) -> impl IntoView {
    let steps = count(procedure.steps as usize, "step");
    let size = match procedure.gates {
        0 => steps,
        gates => format!("{steps}, {}", count(gates as usize, "gate")),
    };
    let href = start_href(&runbook, &procedure.id, &[]);
    let start = format!("Start {}", procedure.title);
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

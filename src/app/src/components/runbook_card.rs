//! A runbook with its procedures, as the home page shows it.

use crate::components::dom::{El, el, paragraph, phrase};
use crate::components::icons::{Glyph, icon};
use crate::components::kind::{count, kind_label};
use holdpoint_domain::wire::{ProcedureBrief, RunbookBrief};

/// A runbook.
pub fn runbook_card(runbook: &RunbookBrief) -> El {
    let remarks = match (runbook.errors, runbook.warnings) {
        (0, 0) => None,
        (0, warnings) => Some(("small quiet", count(warnings as usize, "warning"))),
        (errors, _) => Some(("small problem", count(errors as usize, "error"))),
    };
    let title = el("a")
        .attr("href", &format!("/runbooks/{}", runbook.name))
        .child(icon(Glyph::Book))
        .text(&runbook.title);
    let head = el("header").child(el("h3").child(title));
    let head = match remarks {
        Some((class, text)) => head.child(phrase(class).text(&text)),
        None => head,
    };
    let card = el("article").class("card runbook-card").child(head);
    let card = if runbook.procedures.is_empty() {
        card.child(paragraph("quiet small").text("Nothing in it can be run; it can be read."))
    } else {
        card
    };
    let rows = el("ul")
        .class("procedures")
        .each(&runbook.procedures, |one| procedure_row(&runbook.name, one, false));
    card.child(rows)
}

/// A procedure, and the way to start it; marked when it is the one that was asked for.
pub fn procedure_row(runbook: &str, procedure: &ProcedureBrief, chosen: bool) -> El {
    let size = match procedure.gates {
        0 => count(procedure.steps as usize, "step"),
        gates => format!(
            "{}, {}",
            count(procedure.steps as usize, "step"),
            count(gates as usize, "gate")
        ),
    };
    let start = el("a")
        .attr("href", &format!("/runbooks/{runbook}/start/{}", procedure.id))
        .class("btn small")
        .label(&format!("Start {}", procedure.title))
        .text("Start")
        .child(icon(Glyph::Right));
    el("li")
        .class(if chosen {
            "procedure-row chosen"
        } else {
            "procedure-row"
        })
        .child(kind_label(procedure.kind))
        .child(phrase("procedure-title").text(&procedure.title))
        .child(phrase("quiet small").text(&size))
        .child(start)
}

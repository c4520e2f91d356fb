//! What a procedure is for, as a label.

use holdpoint_domain::runbook::ProcedureKind;
use leptos::prelude::*;

#[component]
pub fn KindLabel(kind: ProcedureKind) -> impl IntoView {
    let (class, word) = match kind {
        ProcedureKind::Release => ("kind release", "Release"),
        ProcedureKind::Rollback => ("kind rollback", "Rollback"),
        ProcedureKind::Emergency => ("kind emergency", "Emergency"),
        ProcedureKind::Monitoring => ("kind", "Monitoring"),
        ProcedureKind::Checklist => ("kind", "Checklist"),
        ProcedureKind::Validation => ("kind", "Validation"),
        ProcedureKind::Setup => ("kind", "Set-up"),
        ProcedureKind::Scaling => ("kind", "Scaling"),
        ProcedureKind::Pipeline => ("kind", "Pipeline"),
    };
    view! { <span class=class>{word}</span> }
}

//! What a procedure is for, in a word.

use holdpoint_domain::runbook::ProcedureKind;
use leptos::prelude::*;

/// The word for a kind.
pub fn kind_word(kind: ProcedureKind) -> &'static str {
    match kind {
        ProcedureKind::Release => "Release",
        ProcedureKind::Rollback => "Rollback",
        ProcedureKind::Emergency => "Emergency",
        ProcedureKind::Monitoring => "Monitoring",
        ProcedureKind::Checklist => "Checklist",
        ProcedureKind::Validation => "Validation",
        ProcedureKind::Setup => "Set-up",
        ProcedureKind::Scaling => "Scaling",
        ProcedureKind::Pipeline => "Pipeline",
    }
}

/// A kind as a label.
#[component]
pub fn KindLabel(kind: ProcedureKind) -> impl IntoView {
    let class = match kind {
        ProcedureKind::Release => "kind release",
        ProcedureKind::Rollback => "kind rollback",
        ProcedureKind::Emergency => "kind emergency",
        _ => "kind",
    };
    view! { <span class=class>{kind_word(kind)}</span> }
}

/// `1 step`, `4 steps`.
pub fn count(number: usize, one: &str) -> String {
    if number == 1 {
        format!("1 {one}")
    } else {
        format!("{number} {one}s")
    }
}

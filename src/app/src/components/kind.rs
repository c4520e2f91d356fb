//! What a procedure is for, in a word.

use holdpoint_domain::runbook::ProcedureKind;

use crate::components::dom::{El, phrase};

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
pub fn kind_label(kind: ProcedureKind) -> El {
    let class = match kind {
        ProcedureKind::Release => "kind release",
        ProcedureKind::Rollback => "kind rollback",
        ProcedureKind::Emergency => "kind emergency",
        _ => "kind",
    };
    phrase(class).text(kind_word(kind))
}

/// `1 step`, `4 steps`.
pub fn count(number: usize, one: &str) -> String {
    if number == 1 {
        format!("1 {one}")
    } else {
        format!("{number} {one}s")
    }
}

//! The errors in a runbook because of which nothing is started.

use holdpoint_domain::runbook::{Diagnostic, Procedure, ProcedureKind};
use holdpoint_domain::session::SessionId;
use leptos::prelude::*;

use crate::components::words::{StatusWord, Word};

/// The errors of the procedure, and of the rollbacks that its session would keep: one that could not be started is told before
/// the release. What is urgent waits for no other procedure.
pub fn in_the_way(procedure: &Procedure, all: &[Procedure], undoes: Option<SessionId>) -> Vec<Diagnostic> {
    let urgent = matches!(procedure.kind, ProcedureKind::Rollback | ProcedureKind::Emergency) || undoes.is_some();
    let rollbacks = if urgent {
        Vec::new()
    } else {
        procedure.rollbacks_to_keep(all)
    };
    let mut errors: Vec<Diagnostic> = std::iter::once(procedure)
        .chain(rollbacks)
        .flat_map(|one| one.errors.iter().cloned())
        .collect();
    errors.sort_by_key(|error| error.place);
    errors.dedup();
    errors
}

#[component]
pub fn Errors(
    errors: Vec<Diagnostic>,
    /// The name of the runbook's file.
    file: String,
) -> impl IntoView {
    let rows = errors.into_iter().map(|error| {
        let place = error.place;
        view! {
            <li>
                <span class="nowrap">{format!("Line {}, column {}: ", place.line, place.column)}</span>
                {error.message}
            </li>
        }
    });
    view! {
        <div class="notice refused" role="alert">
            <StatusWord kind=Word::Hold text="ERRORS" />
            <p>
                "This procedure cannot be started while " <code>{file}</code>
                " has these errors: what was meant as a gate could be ticked by hand. Mend them, and reload the page."
            </p>
            <ul role="list">{rows.collect_view()}</ul>
        </div>
    }
}

#[component]
pub fn KeptNotice() -> impl IntoView {
    view! {
        <div class="notice" role="status">
            <p>
                "The runbook was changed since the release and has errors now, or has this procedure no more. What runs is the \
                procedure as it was when the release began."
            </p>
        </div>
    }
}

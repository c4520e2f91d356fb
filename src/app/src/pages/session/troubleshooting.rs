//! Beside a hold: what the runbook's troubleshooting says of the gates that do not pass, as it was read when the session began.

use holdpoint_domain::runbook::Symptom;
use holdpoint_domain::session::{Standing, TroubleRow};
use leptos::prelude::*;
use leptos_router::components::A;

use crate::components::href::runbook_href;
use crate::components::trouble_rows::TroubleRows;
use crate::state::session::{gate_title, use_session};

/// Gates of which rows are shown.
const GATES: usize = 3;

#[derive(Clone, PartialEq)]
struct Rows {
    runbook: String,
    /// By gate, without those of which nothing is said.
    gates: Vec<(String, Vec<TroubleRow>)>,
    /// Where to look, if nothing is said of any: the section's title and fragment.
    section: Option<(String, String)>,
}

/// Nothing, where the runbook has no troubleshooting, or the session kept none.
#[component]
pub fn Troubleshooting() -> impl IntoView {
    let session = use_session();
    let rows = Memo::new(move |_| {
        session.with_confirmed(|state| {
            let held = state.standing() == Standing::Hold;
            let started = state
                .started
                .as_deref()
                .filter(|started| held && !started.symptoms.is_empty())?;
            // A row that several gates lead to stands with the first of them.
            let mut shown: Vec<Symptom> = Vec::new();
            let gates = state.holds.keys().filter_map(|(step, gate)| {
                let mut rows = state.troubleshooting(step, gate);
                rows.retain(|row| !shown.contains(&row.row));
                shown.extend(rows.iter().map(|row| row.row.clone()));
                (!rows.is_empty()).then(|| (gate_title(state, gate), rows))
            });
            let gates: Vec<_> = gates.take(GATES).collect();
            let section = started.symptoms.iter().find(|one| one.procedure.is_none());
            let section = section.map(|one| (one.section.clone(), one.anchor.clone()));
            (!gates.is_empty() || section.is_some()).then(|| Rows {
                runbook: started.runbook.clone(),
                section: section.filter(|_| gates.is_empty()),
                gates,
            })
        })
    });
    move || {
        let Rows {
            runbook,
            gates,
            section,
        } = rows.get()?;
        let other = section.map(|(title, anchor)| {
            let href = format!("{}#{anchor}", runbook_href(&runbook));
            view! {
                <p class="small">
                    "No row of this runbook’s troubleshooting has the words of this gate. "<A href=href>{format!("Look in “{title}”")}</A>
                </p>
            }
        });
        let each = gates.into_iter().map(|(gate, rows)| {
            view! {
                <div>
                    <h2 class="label">{format!("This runbook’s troubleshooting, by the words of “{gate}”")}</h2>
                    <TroubleRows runbook=runbook.clone() rows />
                </div>
            }
        });
        Some(
            view! { <section class="troubleshooting" aria-label="Troubleshooting">{each.collect_view()}{other}</section> },
        )
    }
}

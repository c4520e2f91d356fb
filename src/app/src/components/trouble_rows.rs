//! What the runbook's troubleshooting says of a gate that does not pass: its rows, and why these.

use holdpoint_domain::session::{FoundIn, TroubleRow};
use leptos::prelude::*;
use leptos_router::components::A;

use crate::components::href::{runbook_href, start_href};

/// Why a row is shown: `“503” (observed) and “api” (the gate)`.
fn because_words(because: &[(String, FoundIn)]) -> String {
    let each = because.iter().map(|(word, place)| {
        let place = match place {
            FoundIn::Observed => "observed",
            FoundIn::Gate => "the gate",
            FoundIn::Expected => "expected",
            FoundIn::Step => "the step",
        };
        format!("“{word}” ({place})")
    });
    let words: Vec<String> = each.collect();
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
        None => String::new(),
    }
}

#[component]
pub fn TroubleRows(
    /// The runbook's name.
    runbook: String,
    rows: Vec<TroubleRow>,
) -> impl IntoView {
    let rows = rows.into_iter().map(|TroubleRow { row, because }| {
        let because = format!("Shown because of {}.", because_words(&because));
        let (href, link) = match &row.procedure {
            Some(procedure) => (
                start_href(&runbook, procedure, &[]),
                format!("Emergency procedure: {}", row.symptom),
            ),
            None => (
                format!("{}#{}", runbook_href(&runbook), row.anchor),
                format!("Read “{}”", row.section),
            ),
        };
        let says = row.says.into_iter().map(|said| {
            let label = (!said.label.is_empty()).then(|| view! { <dt>{said.label}</dt> });
            view! { <div>{label}<dd>{said.text}</dd></div> }
        });
        let says = says.collect::<Vec<_>>();
        view! {
            <li>
                <b>{row.symptom}</b>
                {(!says.is_empty()).then(|| view! { <dl>{says}</dl> })}
                <p class="small quiet">{because}" "<A href=href>{link}</A></p>
            </li>
        }
    });
    view! { <ul role="list" class="trouble-rows">{rows.collect::<Vec<_>>()}</ul> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_and_where_they_were_found_are_told() {
        let words = |list: &[(&str, FoundIn)]| {
            let list: Vec<_> = list.iter().map(|(word, place)| ((*word).to_owned(), *place)).collect();
            because_words(&list)
        };
        assert_eq!(words(&[("503", FoundIn::Observed)]), "“503” (observed)");
        assert_eq!(
            words(&[
                ("503", FoundIn::Observed),
                ("api", FoundIn::Gate),
                ("row", FoundIn::Step)
            ]),
            "“503” (observed), “api” (the gate) and “row” (the step)"
        );
    }
}

//! The sessions of the same procedure that are under way: a second one beside them is seldom meant.

use holdpoint_domain::wire::SessionBrief;
use leptos::prelude::*;

use crate::components::words::{Stands, StatusWord};
use crate::format::{TimeFormat, local_time};

/// Nothing, where there is none.
#[component]
pub fn OpenSessions(
    /// Sessions of the runbook that are not closed, and how each stands.
    sessions: Vec<(SessionBrief, Stands)>,
    /// The title of the procedure.
    procedure: String,
) -> impl IntoView {
    let mut same = sessions;
    same.retain(|(one, _)| one.procedure_title == procedure);
    (!same.is_empty()).then(|| {
        let rows = same.into_iter().map(|(one, stands)| view! { <Row one stands /> });
        let rows = rows.collect_view();
        view! {
            <section class="notice beside" aria-label="Under way">
                <p><b>"This procedure is under way already. A start here is another session beside it."</b></p>
                <ul role="list">{rows}</ul>
            </section>
        }
    })
}

#[component]
fn Row(one: SessionBrief, stands: Stands) -> impl IntoView {
    let (kind, text) = stands.word();
    let started = local_time(one.started, TimeFormat::Day);
    let name = [one.version.as_str(), &one.environment_title].join(" ");
    view! {
        <li>
            <StatusWord kind text />
            " "
            <a href=format!("/sessions/{}", one.id)>{format!("Open {}", name.trim_start())}</a>
            <span class="quiet small">{format!(", started {started} by {}", one.captain)}</span>
        </li>
    }
}

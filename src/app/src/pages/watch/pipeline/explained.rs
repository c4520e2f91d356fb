//! What the runbook says about the pipeline as a whole: its marks, its scenarios, its contacts, and what never to do.

use holdpoint_domain::wire::PipelineGuide;
use leptos::prelude::*;
use leptos_router::components::A;

use super::scenario::{Contacts, Never, Scenario};
use crate::components::href::runbook_href;

/// Nothing where no runbook explains the pipeline.
#[component]
pub fn Explained(guide: Memo<PipelineGuide>) -> impl IntoView {
    move || {
        let guide = guide.get();
        let book = guide.runbook.clone()?;
        let colours = match guide.colours.is_empty() {
            true => view! { <p>"The runbook does not say what the colours mean."</p> }.into_any(),
            false => {
                let rows = guide
                    .colours
                    .into_iter()
                    .map(|row| view! { <dt>{row.mark}</dt><dd>{row.meaning}</dd> });
                view! { <dl class="facts">{rows.collect_view()}</dl> }.into_any()
            }
        };
        let scenarios = match guide.scenarios.is_empty() {
            true => view! { <p>"The runbook has no scenarios of failures."</p> }.into_any(),
            false => {
                let rows = guide.scenarios.into_iter().map(|scenario| {
                    let title = scenario.title.clone();
                    let book = Some(book.clone());
                    view! { <li><p><b>{title}</b></p><Scenario scenario book /></li> }
                });
                view! { <ul role="list" class="pipeline-scenarios">{rows.collect_view()}</ul> }.into_any()
            }
        };
        let contacts = match guide.contacts.is_empty() {
            true => view! { <p>"The runbook does not say whom to contact."</p> }.into_any(),
            false => view! { <Contacts contacts=guide.contacts /> }.into_any(),
        };
        Some(view! {
            <details class="pipeline-more"><summary>"What the colours mean"</summary>{colours}</details>
            <details class="pipeline-more"><summary>"What can go wrong, and what to do"</summary>{scenarios}</details>
            <details class="pipeline-more">
                <summary>"Whom to contact, and what never to do"</summary>
                {contacts}
                <p class="label">"Never do"</p>
                <Never never=guide.never />
            </details>
            <p class="quiet small">
                {guide.cut.then_some("There is more in the runbook than is shown here. ")}
                "The explanations are the runbook’s: "
                <A href=runbook_href(&book.name)>{book.title}</A>
            </p>
        })
    }
}

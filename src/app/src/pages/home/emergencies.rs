//! Emergencies, apart from what is started on an ordinary day: one press each.

use leptos::prelude::*;

use super::choices::emergencies;
use super::offers::use_offers;
use crate::components::choice::Choice;

/// Nothing, where no runbook has one.
#[component]
pub fn Emergencies() -> impl IntoView {
    let offers = use_offers();
    let all = Memo::new(move |_| offers.choices.with(|choices| emergencies(choices)));
    let links = move || {
        all.get()
            .into_iter()
            .map(|choice| view! { <Emergency choice /> })
            .collect_view()
    };
    view! {
        <Show when=move || all.with(|all| !all.is_empty())>
            <nav class="emergencies" aria-labelledby="emergencies-title">
                <h2 id="emergencies-title">"In an emergency"</h2>
                <ul role="list">{links}</ul>
            </nav>
        </Show>
    }
}

#[component]
fn Emergency(choice: Choice) -> impl IntoView {
    let (href, of) = (choice.href(), choice.of);
    let title = choice.procedure.title;
    view! {
        <li>
            <a href=href>
                <span class="procedure-title"><span class="sr-only">"Start "</span>{title}</span>
                " "
                <span class="quiet small">{of}</span>
            </a>
        </li>
    }
}

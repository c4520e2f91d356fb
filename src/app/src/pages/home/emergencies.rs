//! Emergencies, apart from what is started on an ordinary day: one press each.

use leptos::prelude::*;

use super::choices::emergencies;
use super::offers::use_offers;
use crate::components::choice::Choice;

/// How many a phone shows at first, as `style/home.css` has it.
const FEW: usize = 3;

/// Nothing, where no runbook has one.
#[component]
pub fn Emergencies() -> impl IntoView {
    let offers = use_offers();
    let all = Memo::new(move |_| offers.choices.with(|choices| emergencies(choices)));
    let shown = RwSignal::new(false);
    let many = Memo::new(move |_| all.with(Vec::len));
    let links = move || {
        all.get()
            .into_iter()
            .map(|choice| view! { <Emergency choice /> })
            .collect_view()
    };
    view! {
        <Show when=move || all.with(|all| !all.is_empty())>
            <nav class="emergencies" class:all=shown aria-labelledby="emergencies-title">
                <h2 id="emergencies-title">"In an emergency"</h2>
                <ul role="list">{links}</ul>
                // On a phone, so that what is started on an ordinary day is not far below.
                <Show when=move || { many.get() > FEW }>
                    <button
                        type="button"
                        class="btn bare small more"
                        aria-expanded=move || shown.get().to_string()
                        on:click=move |_| shown.update(|shown| *shown = !*shown)
                    >
                        {move || if shown.get() { "Fewer".to_owned() } else { format!("All {}", many.get()) }}
                    </button>
                </Show>
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

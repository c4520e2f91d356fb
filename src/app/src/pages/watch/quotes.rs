//! What people wrote, under their names and apart from what Holdpoint says.

use holdpoint_domain::summary::{Quote, Summary};
use leptos::prelude::*;

/// Nothing where nobody wrote anything.
#[component]
pub fn Quotes(summary: Memo<Option<Summary>>) -> impl IntoView {
    let quotes = Memo::new(move |_| {
        summary.with(|summary| summary.as_ref().map_or_else(Vec::new, |summary| summary.quotes.clone()))
    });
    move || {
        let quotes = quotes.get();
        (!quotes.is_empty()).then(|| {
            let lines = quotes.into_iter().map(|quote| view! { <Line quote /> });
            view! {
                <section class="quotes" aria-label="In their own words">
                    {lines.collect_view()}
                </section>
            }
        })
    }
}

#[component]
fn Line(quote: Quote) -> impl IntoView {
    view! {
        <figure class="quote">
            <figcaption class="quiet small"><bdi>{quote.by}</bdi>{format!(", {}:", quote.about)}</figcaption>
            <blockquote>"“"<bdi>{quote.text}</bdi>"”"</blockquote>
        </figure>
    }
}

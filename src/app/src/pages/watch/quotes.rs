//! What people wrote, under their names and apart from what Holdpoint says.

use holdpoint_domain::summary::{Quote, Summary};
use leptos::prelude::*;

/// Nothing where nobody wrote anything, and nothing is wrong.
#[component]
pub fn Quotes(summary: Memo<Option<Summary>>) -> impl IntoView {
    let quotes = Memo::new(move |_| {
        summary.with(|summary| summary.as_ref().map_or_else(Vec::new, |summary| summary.quotes.clone()))
    });
    let impact_unknown =
        Memo::new(move |_| summary.with(|summary| summary.as_ref().is_some_and(|one| one.impact_unknown)));
    move || {
        let (quotes, impact_unknown) = (quotes.get(), impact_unknown.get());
        (impact_unknown || !quotes.is_empty()).then(|| {
            let lines = quotes.into_iter().map(|quote| view! { <Line quote /> });
            view! {
                <section class="quotes" aria-label="In their own words">
                    {impact_unknown.then(|| view! { <p class="quiet small">"Nobody has written here what customers notice."</p> })}
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

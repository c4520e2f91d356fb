//! The five-second answer: how it goes, and what is known of production.

use holdpoint_domain::session::SessionId;
use holdpoint_domain::summary::{Headline, Mark, Summary};
use holdpoint_domain::wire::Term;
use leptos::prelude::*;
use leptos_router::components::A;

use super::terms::Explained;
use crate::components::words::{StatusWord, Word};

/// Read out again when it changes, and only then. Without a connection it is what was known, and is not shown as what is.
#[component]
pub fn Answer(
    summary: Memo<Option<Summary>>,
    /// The session's rollback, which has a watch page of its own.
    #[prop(into)]
    rollback: Signal<Option<SessionId>>,
    /// What the runbook explains.
    #[prop(into)]
    terms: Signal<Vec<Term>>,
    #[prop(into)] lost: Signal<bool>,
) -> impl IntoView {
    let known = Memo::new(move |_| summary.with(|summary| summary.as_ref().map(|summary| summary.headline)));
    let lost = Memo::new(move |_| lost.get());
    let word = Signal::derive(move || match known.get().filter(|_| !lost.get()) {
        Some(headline) => word(headline),
        None => Word::Wait,
    });
    let words = move || known.get().map_or("", Headline::words);
    let headline = Signal::derive(move || if lost.get() { "NOT CONNECTED" } else { words() }.to_owned());
    let sentence = Memo::new(move |_| {
        summary.with(|summary| {
            summary
                .as_ref()
                .map_or_else(String::new, |summary| summary.sentence.text.clone())
        })
    });
    let class = move || format!("answer {}", word.get().class().trim_start_matches("word "));
    view! {
        <section class=class class:lost=move || lost.get() aria-label="Answer" role="status">
            <StatusWord kind=word text=headline />
            <Show when=move || lost.get()>
                <p class="was">{move || format!("What was last known: {}.", words())}</p>
            </Show>
            <p>{move || view! { <Explained text=sentence.get() terms /> }}</p>
            {move || {
                rollback.get().map(|id| view! { <p><A href=format!("/watch/{id}")>"Watch the rollback"</A></p> })
            }}
        </section>
    }
}

fn word(headline: Headline) -> Word {
    match headline.mark() {
        Mark::Go => Word::Go,
        Mark::Hold => Word::Hold,
        Mark::Back => Word::Back,
        Mark::Alert => Word::Alert,
        Mark::Wait => Word::Wait,
    }
}

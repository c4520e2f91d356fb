//! The five-second answer: how it goes, and whether production is safe.

use holdpoint_domain::session::Standing;
use holdpoint_domain::summary::Summary;
use leptos::prelude::*;

use crate::components::words::{StatusWord, Word};
use crate::state::session::use_session;

/// Read out again when it changes, and only then.
#[component]
pub fn Answer(summary: Memo<Option<Summary>>) -> impl IntoView {
    let session = use_session();
    let word = Signal::derive(move || {
        summary.with(|summary| summary.as_ref().map_or(Word::Wait, |summary| word(summary.standing)))
    });
    let headline = Signal::derive(move || {
        summary.with(|summary| summary.as_ref().map_or("", |summary| summary.headline()).to_owned())
    });
    let sentence = move || summary.with(|summary| summary.as_ref().map(|summary| summary.sentence.clone()));
    let lost = Memo::new(move |_| session.is_lost());
    let class = move || format!("answer {}", word.get().class().trim_start_matches("word "));
    view! {
        <section class=class class:lost=lost aria-label="Answer" role="status">
            <Show when=move || lost.get()>
                <p class="was">"Not connected. The last known answer:"</p>
            </Show>
            <StatusWord kind=word text=headline />
            <p>{sentence}</p>
        </section>
    }
}

fn word(standing: Standing) -> Word {
    match standing {
        Standing::Go | Standing::Completed => Word::Go,
        Standing::Hold => Word::Hold,
        Standing::RollingBack | Standing::RolledBack => Word::Back,
        Standing::Abandoned => Word::Wait,
    }
}

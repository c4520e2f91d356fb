//! The five-second answer: how it goes, and whether production is safe.

use leptos::prelude::*;

use super::glance::Glance;
use crate::components::words::{StatusWord, Word};

/// Read out again when it changes, and only then.
#[component]
pub fn Answer(glance: Memo<Option<Glance>>) -> impl IntoView {
    let word = Signal::derive(move || glance.with(|glance| glance.as_ref().map_or(Word::Wait, |glance| glance.word)));
    let headline =
        Signal::derive(move || glance.with(|glance| glance.as_ref().map_or("", |glance| glance.headline).to_owned()));
    let sentence = move || glance.with(|glance| glance.as_ref().map(|glance| glance.sentence.clone()));
    let class = move || format!("answer {}", word.get().class().trim_start_matches("word "));
    view! {
        <section class=class aria-label="Answer" role="status">
            <StatusWord kind=word text=headline />
            <p>{sentence}</p>
        </section>
    }
}

//! The top-level steps, in plain words.

use holdpoint_domain::summary::{Stage, StageStatus, Summary};
use holdpoint_domain::wire::Term;
use leptos::prelude::*;

use super::terms::Explained;
use crate::components::time::Time;
use crate::components::words::Word;
use crate::format::TimeFormat;

#[component]
pub fn Stages(summary: Memo<Option<Summary>>, #[prop(into)] terms: Signal<Vec<Term>>) -> impl IntoView {
    let lines = move || {
        let stages = summary
            .get()
            .map(|summary| summary.stages)
            .unwrap_or_default()
            .into_iter();
        stages.map(|stage| view! { <Line stage terms /> }).collect_view()
    };
    view! { <ol class="stages" role="list">{lines}</ol> }
}

#[component]
fn Line(stage: Stage, terms: Signal<Vec<Term>>) -> impl IntoView {
    let (word, class) = match stage.status {
        StageStatus::Done => (Word::Go, "done"),
        StageStatus::LeftOut | StageStatus::DoneBefore => (Word::Wait, "done"),
        StageStatus::WithoutPass => (Word::Alert, "done"),
        StageStatus::Undone => (Word::Back, "done"),
        StageStatus::Held => (Word::Hold, "held"),
        StageStatus::Now => (Word::Run, "now"),
        StageStatus::Later | StageStatus::NotDone => (Word::Wait, "later"),
    };
    let when = stage
        .at
        .map(|at| view! { <span class="when"><Time at format=TimeFormat::Minutes /></span> });
    view! {
        <li class=class>
            <span class=word.class() aria-hidden="true"></span>
            // A plain title says what is so once the stage is done: without the word, one that is not reached reads as a fact.
            <span>
                <span class="stage-word">{stage.status.words()} ": "</span>
                <Explained text=stage.title terms />
            </span>
            {when}
        </li>
    }
}

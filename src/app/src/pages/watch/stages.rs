//! The top-level steps, in plain words.

use holdpoint_domain::summary::{Stage, StageStatus, Summary};
use holdpoint_domain::wire::Term;
use leptos::prelude::*;

use super::terms::Explained;
use crate::components::time::NearTime;
use crate::components::words::Word;
use crate::format::zone;
use crate::state::app::use_app;

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
    let clock = use_app().clock;
    let zone = Memo::new(move |_| zone(clock.now()));
    view! {
        <ol class="stages" role="list">{lines}</ol>
        <p class="zone quiet small">"Times on this page are those of this device: "{zone}"."</p>
    }
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
    let clock = use_app().clock;
    let when = stage
        .at
        .map(|at| view! { <span class="when"><NearTime at now=clock.signal() /></span> });
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

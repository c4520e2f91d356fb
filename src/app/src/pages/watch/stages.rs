//! The top-level steps, in plain words.

use holdpoint_domain::summary::{Stage, StageStatus, Summary};
use leptos::prelude::*;

use crate::components::time::Time;
use crate::components::words::Word;
use crate::format::TimeFormat;

#[component]
pub fn Stages(summary: Memo<Option<Summary>>) -> impl IntoView {
    let lines = move || {
        let stages = summary
            .get()
            .map(|summary| summary.stages)
            .unwrap_or_default()
            .into_iter();
        stages.map(|stage| view! { <Line stage /> }).collect_view()
    };
    view! { <ol class="stages" role="list">{lines}</ol> }
}

#[component]
fn Line(stage: Stage) -> impl IntoView {
    let (word, class, said) = match stage.status {
        StageStatus::Done => (Word::Go, "done", "Done: "),
        StageStatus::LeftOut => (Word::Wait, "done", "Left out: "),
        StageStatus::WithoutPass => (Word::Alert, "done", "Gone on with, without a pass: "),
        StageStatus::Held => (Word::Hold, "held", "On hold: "),
        StageStatus::Now => (Word::Run, "now", "Now: "),
        StageStatus::Later => (Word::Wait, "later", "Later: "),
    };
    let before = match stage.status {
        StageStatus::Held => "stopped ",
        StageStatus::LeftOut => "left out ",
        StageStatus::WithoutPass => "without a pass ",
        _ => "",
    };
    let when = stage
        .at
        .map(|at| view! { <span class="when">{before}<Time at format=TimeFormat::Minutes /></span> });
    view! {
        <li class=class>
            <span class=word.class() aria-hidden="true"></span>
            <span>
                <span class="sr-only">{said}</span>
                {stage.title}
            </span>
            {when}
        </li>
    }
}

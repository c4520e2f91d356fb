//! The top-level steps, in plain words.

use leptos::prelude::*;

use super::glance::{Glance, Stage, Stands};
use crate::components::time::Time;
use crate::components::words::Word;
use crate::format::TimeFormat;

#[component]
pub fn Stages(glance: Memo<Option<Glance>>) -> impl IntoView {
    let lines = move || {
        let stages = glance.get().map(|glance| glance.stages).unwrap_or_default().into_iter();
        stages.map(|stage| view! { <Line stage /> }).collect_view()
    };
    view! { <ol class="stages">{lines}</ol> }
}

#[component]
fn Line(stage: Stage) -> impl IntoView {
    let (word, class, said) = match stage.stands {
        Stands::Done => (Word::Go, "done", "Done: "),
        Stands::LeftOut => (Word::Wait, "done", "Left out: "),
        Stands::Held => (Word::Hold, "held", "On hold: "),
        Stands::Now => (Word::Run, "now", "Now: "),
        Stands::Later => (Word::Wait, "later", "Later: "),
    };
    let before = match stage.stands {
        Stands::Held => "stopped ",
        Stands::LeftOut => "left out ",
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

//! The runbook's stages, with what the run shows of each, and beside one that failed what to do.

use holdpoint_domain::pipeline::{stage_remark, stage_words};
use holdpoint_domain::wire::{PipelineGuide, PipelineStage, StageGuide};
use leptos::prelude::*;

use super::scenario::{Advice, Scenario};
use super::word_of;
use crate::components::words::StatusWord;

#[component]
pub fn Stages(guide: Memo<PipelineGuide>, stages: Memo<Vec<PipelineStage>>) -> impl IntoView {
    let number = Memo::new(move |_| guide.with(|guide| guide.stages.len()));
    let said = Memo::new(move |_| {
        guide.with(|guide| match guide.runbook {
            Some(_) => "The runbook has no table of the pipeline’s stages.",
            None => "No runbook explains this pipeline: gates.toml names none, or it is not there.",
        })
    });
    view! {
        <Show when=move || number.get() != 0 fallback=move || view! { <p class="quiet">{said}</p> }>
            <ol role="list" class="pipeline-stages">
                <For each=move || 0..number.get() key=|at| *at let:at>
                    <Place at guide stages />
                </For>
            </ol>
        </Show>
    }
}

/// The row at a place, drawn again only when it changes itself, so that what is unfolded in the others stays so.
#[component]
fn Place(at: usize, guide: Memo<PipelineGuide>, stages: Memo<Vec<PipelineStage>>) -> impl IntoView {
    let seen = Memo::new(move |_| stages.with(|stages| stages.get(at).cloned()));
    move || {
        let guide = guide.get();
        let stage = guide.stages.get(at)?.clone();
        Some(view! { <Row stage seen=seen.get() guide /> })
    }
}

#[component]
fn Row(
    stage: StageGuide,
    /// None where GitHub is not asked.
    seen: Option<PipelineStage>,
    guide: PipelineGuide,
) -> impl IntoView {
    let number = stage
        .number
        .as_ref()
        .map(|number| format!("{number}. "))
        .unwrap_or_default();
    let mark = seen
        .as_ref()
        .map(|seen| view! { <StatusWord kind=word_of(seen.standing) text=seen.standing.word() /> });
    let names = seen.as_ref().filter(|seen| !seen.seen.is_empty()).map(|seen| {
        let names: Vec<String> = seen
            .seen
            .iter()
            .map(|part| format!("{}: {}", part.name, part.standing.word()))
            .collect();
        view! { <p class="quiet small">{format!("In the run: {}", names.join("; "))}</p> }
    });
    let remark = seen.as_ref().and_then(|seen| stage_remark(seen, &stage));
    let failed = seen.as_ref().is_some_and(|seen| seen.standing.has_failed());
    let scenario = stage.scenario.and_then(|at| guide.scenarios.get(at as usize)).cloned();
    let more = match (failed, remark) {
        (true, _) => view! { <Advice stage=stage.clone() scenario guide=guide.clone() /> }.into_any(),
        (false, Some(remark)) => {
            let book = guide.runbook.clone();
            let unfolds = scenario.map(|scenario| {
                let summary = format!("If the new version does not show: {}", scenario.title);
                view! { <details><summary>{summary}</summary><Scenario scenario book /></details> }
            });
            view! { <p class="pipeline-remark">{remark}</p>{unfolds} }.into_any()
        }
        (false, None) => ().into_any(),
    };
    let fails = match stage.fails.is_empty() {
        true => String::new(),
        false => format!(" (in the runbook: “{}”)", stage.fails),
    };
    view! {
        <li>
            <p class="pipeline-stage"><b>{number}{stage.title.clone()}</b>" "{mark}</p>
            {(!stage.does.is_empty()).then(|| view! { <p>{stage.does.clone()}</p> })}
            <p class="quiet small">{format!("If it fails: {}{fails}", stage_words(stage.effect))}</p>
            {names}
            {more}
        </li>
    }
}

//! The runbook's stages, with what the run shows of each, and beside one that failed what to do.

use holdpoint_domain::pipeline::{stage_remark, stage_words};
use holdpoint_domain::wire::{PipelineGuide, PipelineStage, StageGuide};
use leptos::prelude::*;

use super::scenario::{Advice, Scenario};
use super::word_of;
use crate::components::words::StatusWord;

#[component]
pub fn Stages(guide: Memo<PipelineGuide>, stages: Memo<Vec<PipelineStage>>) -> impl IntoView {
    move || {
        let (guide, stages) = (guide.get(), stages.get());
        if guide.stages.is_empty() {
            let said = match guide.runbook {
                Some(_) => "The runbook has no table of the pipeline’s stages.",
                None => "No runbook explains this pipeline: gates.toml names none, or it is not there.",
            };
            return view! { <p class="quiet">{said}</p> }.into_any();
        }
        let rows = guide.stages.iter().enumerate().map(|(at, stage)| {
            let seen = stages.get(at).cloned();
            view! { <Row stage=stage.clone() seen guide=guide.clone() /> }
        });
        view! { <ol role="list" class="pipeline-stages">{rows.collect_view()}</ol> }.into_any()
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

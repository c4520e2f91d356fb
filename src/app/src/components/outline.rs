//! The outline: every step and sub-step, how it stands, who did it and when.

use std::collections::HashMap;

use holdpoint_domain::runbook::Step;
use leptos::prelude::*;

use crate::components::time::{Clip, local};
use crate::components::words::{StepTitle, TickMark};
use crate::state::session::{StepRow, StepStatus};

/// What the outline is about.
#[derive(Clone, Copy)]
pub struct OutlineList {
    /// How each step stands, by id.
    pub rows: Memo<HashMap<String, StepRow>>,
    /// The step that is shown.
    pub shown: Memo<Option<String>>,
    /// A step was chosen.
    pub on_select: Callback<String>,
}

/// The outline.
#[component]
pub fn Outline(
    /// The procedure's title.
    #[prop(into)]
    title: String,
    /// Top-level steps that are done, and all of them.
    #[prop(into)]
    progress: Signal<(usize, usize)>,
    /// The steps.
    steps: Vec<Step>,
    /// How they stand.
    list: OutlineList,
) -> impl IntoView {
    let count = move || {
        let (done, all) = progress.get();
        format!("{done} of {all}")
    };
    view! {
        <nav class="outline" aria-label="Steps">
            <h2 class="label">{title}" · "{count}</h2>
            <Items steps=steps list=list level=1 before=String::new() />
        </nav>
    }
}

#[component]
fn Items(steps: Vec<Step>, list: OutlineList, level: usize, before: String) -> AnyView {
    let items: Vec<_> = steps
        .into_iter()
        .enumerate()
        .map(|(index, step)| {
            let number = number(&step, &before, index);
            let children = step.children.clone();
            let below = (!children.is_empty()).then(|| {
                view! { <Items steps=children list=list level=level + 1 before=format!("{number}.") /> }
            });
            view! { <li><Item step=step number=number list=list />{below}</li> }
        })
        .collect();
    view! { <ol class=format!("level-{level}")>{items}</ol> }.into_any()
}

/// A step's number as written, or its place where it has none.
fn number(step: &Step, before: &str, index: usize) -> String {
    step.number.clone().unwrap_or_else(|| format!("{before}{}", index + 1))
}

#[component]
fn Item(step: Step, number: String, list: OutlineList) -> impl IntoView {
    let id = StoredValue::new(step.id.clone());
    let row = Memo::new(move |_| list.rows.with(|rows| id.with_value(|id| rows.get(id).cloned())));
    let status = Memo::new(move |_| row.with(|row| row.as_ref().map_or(StepStatus::Later, |row| row.status)));
    let current = move || row.with(|row| row.as_ref().is_some_and(|row| row.current));
    let shown = move || list.shown.with(|shown| id.with_value(|id| shown.as_ref() == Some(id)));
    let class = move || match status.get() {
        StepStatus::Done | StepStatus::Skipped => "step-row done",
        StepStatus::Failed => "step-row held",
        StepStatus::Running | StepStatus::Current => "step-row now",
        StepStatus::Later if current() => "step-row now",
        StepStatus::Later => "step-row later",
    };
    let who = move || {
        row.with(|row| {
            let row = row.as_ref()?;
            Some(match (row.at, row.status) {
                (Some(at), _) => format!("{} {}", initials(row.who.as_deref().unwrap_or_default()), local(at, Clip::Minutes)),
                (None, StepStatus::Failed) => "fail".to_owned(),
                (None, StepStatus::Running) => "running".to_owned(),
                (None, _) => String::new(),
            })
        })
    };
    let title = move || row.with(|row| row.as_ref().and_then(|row| row.who.as_ref().map(|who| format!("Done by {who}"))));
    view! {
        <div class="step-line">
            <button
                type="button"
                class=class
                class:shown=shown
                aria-current=move || current().then_some("step")
                aria-label=format!("{number} {}", step.title)
                aria-describedby=format!("state-{}", step.id)
                title=title
                on:click=move |_| list.on_select.run(id.get_value())
            >
                <TickMark
                    done=Signal::derive(move || matches!(status.get(), StepStatus::Done | StepStatus::Skipped))
                    auto=!step.gates.is_empty()
                    skipped=Signal::derive(move || status.get() == StepStatus::Skipped)
                    held=Signal::derive(move || status.get() == StepStatus::Failed)
                />
                <span class="step-name"><span class="step-number">{number.clone()}</span>" "<StepTitle title=step.title.clone() /></span>
            </button>
            // Beside the button and not in it: it is no part of the button's name.
            <span class="who">{who}</span>
            <span class="sr-only" id=format!("state-{}", step.id)>{move || status.get().word()}</span>
        </div>
    }
}

/// Who, short enough for a line of the outline: `gate`, or a person's first letters.
fn initials(who: &str) -> String {
    if who == "gate" || who == "sub-steps" {
        return who.to_owned();
    }
    let letters = who.split(|c: char| !c.is_alphanumeric()).filter_map(|word| word.chars().next());
    letters.take(2).flat_map(char::to_uppercase).collect()
}

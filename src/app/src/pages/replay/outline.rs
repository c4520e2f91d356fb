//! Every step and sub-step, and how it stood at the moment. There may be ten thousand: a row reads its own signal.

use holdpoint_domain::runbook::Step;
use holdpoint_domain::session::{StepBy, StepStatus};
use leptos::prelude::*;

use crate::format::{TimeFormat, local_time};
use crate::state::replay::use_replay;
use crate::state::session::{Row, RowStatus};

/// A step's line: its place, how deep it stands, and its text.
struct Line {
    level: usize,
    label: String,
    by_gates: bool,
}

fn lines(steps: &[Step], level: usize, before: &str, into: &mut Vec<Line>) {
    for (index, step) in steps.iter().enumerate() {
        let number = step.number.clone().unwrap_or_else(|| format!("{before}{}", index + 1));
        into.push(Line {
            level,
            label: format!("{number} {}", step.title),
            by_gates: !step.gates.is_empty(),
        });
        lines(&step.children, level + 1, &format!("{number}."), into);
    }
}

#[component]
pub fn OutlineThen() -> impl IntoView {
    let replay = use_replay();
    let mut all = Vec::new();
    replay.session.with_untracked(|state| {
        if let Some(procedure) = &state.procedure {
            lines(&procedure.steps, 1, "", &mut all);
        }
    });
    let rows = all
        .into_iter()
        .enumerate()
        .map(|(place, line)| view! { <OutlineRow place line /> });
    view! { <ol class="steps-then" role="list" tabindex="0" aria-label="Steps then">{rows.collect_view()}</ol> }
}

#[component]
fn OutlineRow(place: usize, line: Line) -> impl IntoView {
    let replay = use_replay();
    replay.row(place).map(|row| {
        let by_gates = line.by_gates;
        let status = move || row.with(|row| row.as_ref().map_or("not begun", Row::word));
        let current = move || row.with(|row| row.as_ref().is_some_and(|row| row.step.current).then_some("step"));
        view! {
            <li class=format!("then-{}", line.level.min(3)) aria-current=current class:held=move || row.with(is_held)>
                <span class=move || row.with(|row| mark(row.as_ref(), by_gates)) aria-hidden="true"></span>
                <span class="then-title">{line.label}</span>
                " "
                <span class="then-status quiet small">{status}</span>
                " "
                <span class="then-who quiet small">{move || row.with(|row| row.as_ref().map(who))}</span>
            </li>
        }
    })
}

fn is_held(row: &Option<Row>) -> bool {
    let status = row.as_ref().map(Row::status);
    matches!(
        status,
        Some(RowStatus::Of(StepStatus::Failed | StepStatus::Inconclusive))
    )
}

fn mark(row: Option<&Row>, by_gates: bool) -> &'static str {
    let by = row.and_then(|row| row.step.by.as_ref());
    match (row.map(Row::status), by_gates) {
        (Some(RowStatus::Of(StepStatus::Done)), _) if by == Some(&StepBy::Caution) => "tick on nopass",
        (Some(RowStatus::Of(StepStatus::Done)), true) => "tick auto on",
        (Some(RowStatus::Of(StepStatus::Done)), false) => "tick on",
        (Some(RowStatus::Of(StepStatus::Skipped)), _) => "tick skipped",
        (Some(RowStatus::Of(StepStatus::Failed | StepStatus::Inconclusive)), _) => "tick failed",
        (_, true) => "tick auto",
        (_, false) => "tick",
    }
}

/// Who did it and when.
fn who(row: &Row) -> String {
    let by = match &row.step.by {
        Some(StepBy::Gate) => "its gates",
        Some(StepBy::Children) => "its sub-steps",
        Some(StepBy::Caution) => "without a pass",
        Some(StepBy::Person(name) | StepBy::SkippedBy(name)) => name,
        None => return String::new(),
    };
    match row.step.at {
        Some(at) => format!("{by}, {}", local_time(at, TimeFormat::Seconds)),
        None => by.to_owned(),
    }
}

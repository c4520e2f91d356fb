//! The outline: every step and sub-step, how it stands, who did it and when.
//!
//! There may be ten thousand rows, so a row reads its own signal and nothing that changes with every event.

use holdpoint_domain::runbook::Step;
use holdpoint_domain::session::{StepBy, StepId, StepStatus};
use leptos::html;
use leptos::prelude::*;

use super::ui::use_ui;
use crate::components::scroll::{after_paint, reveal_in};
use crate::components::words::StepTitle;
use crate::format::{TimeFormat, local_time};
use crate::state::session::{Row, RowStatus, use_session};

/// What says in more characters than this who did a step stands below its name and not beside it.
const BESIDE: usize = 10;

/// The part of a step's row that never changes.
#[derive(Clone)]
struct Line {
    id: StepId,
    number: String,
    title: String,
    by_gates: bool,
    within: Vec<Line>,
}

impl Line {
    /// A step without a number of its own gets its place, after the number of the step around it: `4.2`.
    fn all(steps: &[Step], before: &str) -> Vec<Self> {
        let line = |(index, step): (usize, &Step)| {
            let number = step.number.clone().unwrap_or_else(|| format!("{before}{}", index + 1));
            Self {
                id: step.id.clone(),
                title: step.title.clone(),
                by_gates: !step.gates.is_empty(),
                within: Self::all(&step.children, &format!("{number}.")),
                number,
            }
        };
        steps.iter().enumerate().map(line).collect()
    }
}

#[component]
pub fn Outline() -> impl IntoView {
    let session = use_session();
    let procedure = session.with_untracked(|state| state.procedure.clone());
    let (title, lines) = procedure.map_or_else(Default::default, |procedure| {
        (procedure.title.clone(), Line::all(&procedure.steps, ""))
    });
    let ui = use_ui();
    let progress = Memo::new(move |_| session.with_confirmed(|state| state.progress()));
    let outline = NodeRef::<html::Nav>::new();
    // In a long outline the line of the shown step may be out of sight.
    Effect::new(move || {
        let Some(id) = ui.shown.get() else { return };
        after_paint(move || {
            // The page may be gone by now.
            let outline = outline.try_get_untracked().flatten();
            let state = document().get_element_by_id(&state_id(&id));
            let line = state.and_then(|state| state.parent_element());
            if let Some((outline, line)) = outline.zip(line) {
                reveal_in(&outline, &line);
            }
        });
    });
    // A step that was chosen is what is to be seen next.
    let unfolded = RwSignal::new(false);
    Effect::new(move || {
        ui.shown.track();
        unfolded.set(false);
    });
    let count = move || {
        let (done, all) = progress.get();
        format!("{done} of {all}")
    };
    view! {
        <nav node_ref=outline class="outline" class:open=move || unfolded.get() aria-label="Steps">
            <h2 class="label">{title}" · "{count}</h2>
            // Seen where there is no room for the outline beside the step.
            <button
                type="button"
                class="btn small outline-toggle"
                aria-expanded=move || unfolded.get().to_string()
                on:click=move |_| unfolded.update(|unfolded| *unfolded = !*unfolded)
            >
                {move || if unfolded.get() { "Hide the steps" } else { "Show all steps" }}
            </button>
            <Lines lines level=1 />
        </nav>
    }
}

/// Without `<For>`: a session keeps its procedure, so lines neither come nor go.
#[component]
fn Lines(lines: Vec<Line>, level: usize) -> AnyView {
    let items = lines.into_iter().map(|line| {
        let within = (!line.within.is_empty()).then(|| view! { <Lines lines=line.within level=level + 1 /> });
        view! {
            <li>
                <OutlineRow id=line.id number=line.number title=line.title by_gates=line.by_gates />
                {within}
            </li>
        }
    });
    view! { <ol role="list" class=format!("level-{level}")>{items.collect_view()}</ol> }.into_any()
}

#[component]
fn OutlineRow(id: StepId, number: String, title: String, by_gates: bool) -> impl IntoView {
    let ui = use_ui();
    use_session().row(&id).map(|row| {
        let state = state_id(&id);
        let id = Some(id);
        let look = {
            let id = id.clone();
            move || row.with(|row| look(row, ui.is_shown(&id)))
        };
        view! {
            <div class="step-line">
                <button
                    type="button"
                    class=look
                    aria-current=move || row.with(|row| row.step.current).then_some("step")
                    aria-label=format!("{number} {title}")
                    aria-describedby=state.clone()
                    title=move || row.with(done_by)
                    on:click=move |_| ui.select(id.clone())
                >
                    // A square that people tick, a disc that gates tick. The words beside it say the same.
                    <span class=move || row.with(|row| mark(row, by_gates)) aria-hidden="true"></span>
                    <span class="step-name">
                        <span class="step-number">{number.clone()}</span>" "<StepTitle title=title.clone() />
                    </span>
                </button>
                // Beside the button and not in it: it is no part of the button's name.
                <span class="who">{move || row.with(who)}</span>
                <span class="sr-only" id=state.clone()>{move || row.with(state_words)}</span>
            </div>
        }
    })
}

/// The id of the element with the step's status in words.
fn state_id(step: &str) -> String {
    format!("state-{step}")
}

fn look(row: &Row, shown: bool) -> String {
    let stands = match row.status() {
        RowStatus::Of(StepStatus::Done | StepStatus::Skipped) => "done",
        RowStatus::Of(StepStatus::Failed | StepStatus::Inconclusive) => "held",
        RowStatus::Of(StepStatus::Running | StepStatus::Current) => "now",
        RowStatus::Of(StepStatus::Later) | RowStatus::Sending if row.step.current => "now",
        RowStatus::Sending => "sending",
        RowStatus::Of(StepStatus::Later) => "later",
    };
    // The row makes room for what `who` says. A style sheet that asked (`:has`) would look through all rows at each change.
    let room = match who(row).chars().count() {
        0 => "",
        1..=BESIDE => " with-who",
        _ => " who-below",
    };
    let shown = if shown { " shown" } else { "" };
    format!("step-row {stands}{room}{shown}")
}

fn mark(row: &Row, by_gates: bool) -> String {
    let shape = if by_gates { "tick auto" } else { "tick" };
    match row.status() {
        RowStatus::Of(StepStatus::Done) if row.step.by == Some(StepBy::Caution) => format!("{shape} on nopass"),
        RowStatus::Of(StepStatus::Done) => format!("{shape} on"),
        RowStatus::Of(StepStatus::Skipped) => format!("{shape} skipped"),
        RowStatus::Of(StepStatus::Failed | StepStatus::Inconclusive) => format!("{shape} failed"),
        _ => shape.to_owned(),
    }
}

/// Who did it and when, short enough for the end of a line.
fn who(row: &Row) -> String {
    match (row.status(), row.step.at) {
        (RowStatus::Sending, _) => "sending".to_owned(),
        (RowStatus::Of(StepStatus::Failed), _) => "fail".to_owned(),
        (RowStatus::Of(StepStatus::Inconclusive), _) => "inconclusive".to_owned(),
        // Whoever left it out did not do it.
        (RowStatus::Of(StepStatus::Skipped), _) => format!("left out {}", short(row)),
        (_, Some(at)) => format!("{} {}", short(row), local_time(at, TimeFormat::Minutes)),
        (RowStatus::Of(StepStatus::Running), None) => "running".to_owned(),
        (_, None) => String::new(),
    }
}

fn short(row: &Row) -> String {
    match &row.step.by {
        Some(StepBy::Gate) if row.step.by_old_declaration => "old gate".to_owned(),
        Some(StepBy::Gate) => "gate".to_owned(),
        Some(StepBy::Children) => "sub-steps".to_owned(),
        Some(StepBy::Person(name) | StepBy::SkippedBy(name)) => initials(name),
        Some(StepBy::Caution) if row.step.by_old_declaration => "no pass, old gate".to_owned(),
        Some(StepBy::Caution) => "no pass".to_owned(),
        None => String::new(),
    }
}

fn done_by(row: &Row) -> Option<String> {
    row.step.by.as_ref().map(|by| match by {
        StepBy::Gate if row.step.by_old_declaration => {
            "Ticked by an earlier declaration of its gates; run them again to verify it by the corrected one".to_owned()
        }
        StepBy::Gate => "Ticked by its gates".to_owned(),
        StepBy::Children => "Ticked with its last sub-step".to_owned(),
        StepBy::Person(name) => format!("Ticked by {name}"),
        StepBy::SkippedBy(name) => format!("Left out by {name}"),
        StepBy::Caution if row.step.by_old_declaration => {
            "Gone on with, without a pass; what passed of its gates was by an earlier declaration: run them again"
                .to_owned()
        }
        StepBy::Caution => "Gone on with, without a pass".to_owned(),
    })
}

fn state_words(row: &Row) -> String {
    let word = row.word();
    match row.step.by_old_declaration {
        true => format!("{word}, by an earlier declaration of its gates"),
        false => word.to_owned(),
    }
}

/// `RC` for `Robin Captain`.
fn initials(name: &str) -> String {
    let letters = name
        .split(|c: char| !c.is_alphanumeric())
        .filter_map(|word| word.chars().next());
    letters.take(2).map(|letter| letter.to_ascii_uppercase()).collect()
}

//! The outline: every step and sub-step, how it stands, who did it and when.

use holdpoint_domain::runbook::Step;

use crate::blocks::Blocks;
use crate::cells::{Callback, Derived, Read};
use crate::components::dom::{El, div, el, phrase};
use crate::components::time::{Clip, local};
use crate::components::words::{is_letter, with_title};
use crate::state::session::{StepRow, StepStatus};

/// What the outline is about.
#[derive(Clone, Copy)]
pub struct OutlineList {
    /// How each step stands, with its id.
    pub rows: Derived<Vec<(String, StepRow)>>,
    /// The step that is shown.
    pub shown: Derived<Option<String>>,
    /// A step was chosen.
    pub on_select: Callback<String>,
}

/// The outline: the procedure's title, how many top-level steps are done, and the steps.
pub fn outline(title: &str, progress: Read<(usize, usize)>, steps: &[Step], list: OutlineList) -> El {
    let count = move || {
        let (done, all) = progress.get();
        format!("{done} of {all}")
    };
    el("nav")
        .class("outline")
        .label("Steps")
        .child(el("h2").class("label").text(title).text(" · ").live_text(count))
        .child(items(steps, &Lines::of(list), &mut 0, ("", 1)))
}

/// A line: how its step stands, and whether it is the one that is shown.
#[derive(Clone, PartialEq)]
struct Line {
    id: String,
    row: StepRow,
    shown: bool,
}

/// The lines of the whole outline, each to be followed by itself.
struct Lines {
    lines: Blocks<Line>,
    on_select: Callback<String>,
}

impl Lines {
    fn of(list: OutlineList) -> Self {
        let line = |(id, row): &(String, StepRow), shown: Option<&String>| Line {
            id: id.clone(),
            row: row.clone(),
            shown: shown == Some(id),
        };
        let lines = move |()| {
            list.shown.with(|shown| {
                let all = |rows: &Vec<_>| rows.iter().map(|row| line(row, shown.as_ref())).collect::<Vec<_>>();
                list.rows.with(all)
            })
        };
        Self {
            lines: Blocks::of(Derived::new(lines)),
            on_select: list.on_select,
        }
    }
}

/// A list of steps. `place` counts the lines of the whole outline, in the order of `rows`.
fn items(steps: &[Step], list: &Lines, place: &mut usize, (before, level): (&str, usize)) -> El {
    let mut list_of = el("ol").class(&format!("level-{level}"));
    for (index, step) in steps.iter().enumerate() {
        let number = number(step, before, index);
        let mut line = el("li").child(item(step, &number, list, *place));
        *place += 1;
        if !step.children.is_empty() {
            let inner = (format!("{number}."), level + 1);
            line = line.child(items(&step.children, list, place, (&inner.0, inner.1)));
        }
        list_of = list_of.child(line);
    }
    list_of
}

/// A step's number as written, or its place where it has none.
fn number(step: &Step, before: &str, index: usize) -> String {
    step.number.clone().unwrap_or_else(|| format!("{before}{}", index + 1))
}

/// How a step stands.
pub fn row_of<'a>(rows: &'a [(String, StepRow)], id: &str) -> Option<&'a StepRow> {
    rows.iter().find(|(of, _)| of == id).map(|(_, row)| row)
}

fn item(step: &Step, number: &str, list: &Lines, place: usize) -> El {
    let (id, chosen, on_select) = (step.id.clone(), step.id.clone(), list.on_select);
    // By its place: every line looks itself up when anything near it changes.
    let line = list.lines.line(place);
    let row = Derived::new(move |()| {
        line.with(|line| line.as_ref().filter(|line| line.id == id).map(|line| line.row.clone()))
    });
    let status = move || row.with(|row| row.as_ref().map_or(StepStatus::Later, |row| row.status));
    let current = move || row.with(|row| row.as_ref().is_some_and(|row| row.current));
    let class = move || {
        let stands = match status() {
            StepStatus::Done | StepStatus::Skipped => "step-row done",
            StepStatus::Failed => "step-row held",
            StepStatus::Running | StepStatus::Current | StepStatus::Sending => "step-row now",
            StepStatus::Later if current() => "step-row now",
            StepStatus::Later => "step-row later",
        };
        if line.with(|line| line.as_ref().is_some_and(|line| line.shown)) {
            format!("{stands} shown")
        } else {
            stands.to_owned()
        }
    };
    let who = move || {
        row.with(|row| {
            match row
                .as_ref()
                .map(|row| (row.at, row.status, row.who.as_deref().unwrap_or_default()))
            {
                Some((_, StepStatus::Sending, _)) => "sending".to_owned(),
                Some((_, StepStatus::Failed, _)) => "fail".to_owned(),
                Some((Some(at), _, who)) => format!("{} {}", initials(who), local(at, Clip::Minutes)),
                Some((None, StepStatus::Running, _)) => "running".to_owned(),
                _ => String::new(),
            }
        })
    };
    let title = move || {
        row.with(|row| {
            row.as_ref()
                .and_then(|row| row.who.as_ref().map(|who| format!("Done by {who}")))
        })
    };
    let state = format!("state-{}", step.id);
    let name = with_title(
        phrase("step-name").child(phrase("step-number").text(number)).text(" "),
        &step.title,
    );
    let button = el("button")
        .attr("type", "button")
        .live_class(class)
        .live_mark("aria-current", "step", current)
        .label(&format!("{number} {}", step.title))
        .attr("aria-describedby", &state)
        .live_attr("title", title)
        .on_click(move || on_select.run(chosen.clone()))
        .child(tick(!step.gates.is_empty(), status))
        .child(name);
    div("step-line")
        .child(button)
        // Beside the button and not in it: it is no part of the button's name.
        .child(phrase("who").live_text(who))
        .child(phrase("sr-only").id(&state).live_word(move || status().word()))
}

/// The mark of a step: a square that people tick, a disc that gates tick. The words beside it say the same.
fn tick(by_gates: bool, status: impl Fn() -> StepStatus + 'static) -> El {
    let class = move || {
        let shape = if by_gates { "tick auto" } else { "tick" };
        match status() {
            StepStatus::Done => format!("{shape} on"),
            StepStatus::Skipped => format!("{shape} skipped"),
            StepStatus::Failed => format!("{shape} failed"),
            StepStatus::Running | StepStatus::Current | StepStatus::Later | StepStatus::Sending => shape.to_owned(),
        }
    };
    el("span").live_class(class).attr("aria-hidden", "true")
}

/// Who, short enough for a line of the outline: `gate`, or a person's first letters.
fn initials(who: &str) -> String {
    if who == "gate" || who == "sub-steps" {
        return who.to_owned();
    }
    let letters = who
        .split(|c: char| !is_letter(c))
        .filter_map(|word| word.chars().next());
    letters.take(2).map(|letter| letter.to_ascii_uppercase()).collect()
}

//! What was left out of a session, and what was gone on with without a pass.

use crate::runbook::Step;
use crate::session::{HowDone, State};

/// How a session was completed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Every step was ticked, and no gate was left without a pass.
    Done,
    /// A step or a sub-step was left out.
    LeftOut,
    /// A person went on without a pass, whether or not something was left out, too.
    WithoutPass,
}

impl Ending {
    pub(super) fn of(state: &State) -> Self {
        match (state.went_on_without_pass(), state.left_something_out()) {
            (true, _) => Self::WithoutPass,
            (false, true) => Self::LeftOut,
            (false, false) => Self::Done,
        }
    }
}

/// At most so many steps are named.
const NAMED: usize = 3;

/// `1 step was left out: “Looked at”.` None where nothing was. What was left out with a step that holds it is not counted again.
pub(super) fn left_out(state: &State) -> Option<String> {
    let mut titles = Vec::new();
    outermost(&state.procedure.as_deref()?.steps, state, &mut titles);
    let count = match titles.len() {
        0 => return None,
        1 => "1 step was left out".to_owned(),
        all => format!("{all} steps were left out"),
    };
    let more = titles.len().saturating_sub(NAMED);
    let mut named: Vec<String> = titles.iter().take(NAMED).map(|title| format!("“{title}”")).collect();
    if more > 0 {
        named.push(format!("{more} more"));
    }
    let last = named.pop().unwrap_or_default();
    let names = match named.is_empty() {
        true => last,
        false => format!("{} and {last}", named.join(", ")),
    };
    Some(format!("{count}: {names}."))
}

fn outermost<'a>(steps: &'a [Step], state: &State, into: &mut Vec<&'a str>) {
    for step in steps {
        match is_left_out(state, step) {
            true => into.push(step.plain_title()),
            false => outermost(&step.children, state, into),
        }
    }
}

fn is_left_out(state: &State, step: &Step) -> bool {
    let done = state.done.get(&step.id);
    done.is_some_and(|done| matches!(done.how, HowDone::Skipped(_)))
}

/// Top-level steps that were ticked and of which no gate holds, those that were left out, and all: as the stages are told.
fn counts(state: &State) -> (usize, usize, usize) {
    let steps = state.procedure.as_deref().map_or(&[][..], |procedure| &procedure.steps);
    let holds = |step: &Step| state.unmet().any(|((held, _), _)| step.contains(held));
    let (mut ticked, mut out) = (0, 0);
    for step in steps {
        let is_out = is_left_out(state, step);
        let counts = state.is_done(&step.id) && !holds(step);
        ticked += usize::from(counts && !is_out);
        out += usize::from(counts && is_out);
    }
    (ticked, out, steps.len())
}

/// `3 of its 5 steps are done, and 1 was left out`; `whose` is nothing or `its `.
pub(super) fn counted(state: &State, whose: &str) -> String {
    tally(state, whose, "are done")
}

/// `with 3 of 5 steps done, and 1 was left out`.
pub(super) fn with_counted(state: &State) -> String {
    format!("with {}", tally(state, "", "done"))
}

fn tally(state: &State, whose: &str, done: &str) -> String {
    let (ticked, out, steps) = counts(state);
    let told = format!("{ticked} of {whose}{steps} steps {done}");
    match out {
        0 => told,
        1 => format!("{told}, and 1 was left out"),
        out => format!("{told}, and {out} were left out"),
    }
}

//! What stands above a step that is looked at while the work is at another one.

use holdpoint_domain::runbook::{Order, Step};
use holdpoint_domain::session::{State, StepId};
use leptos::prelude::*;

use super::done::every_step;
use super::ui::use_ui;
use crate::components::keys::{KeyHint, shortcut};
use crate::components::words::title_and_aside;
use crate::state::session::{Row, use_session};

/// The id of the words, which the step's heading is described by.
pub const WORDS: &str = "elsewhere-words";

/// Whether the work is at another step than this one; tracked. In a procedure of any order it is at every step that is not done.
pub fn is_elsewhere(step: &str) -> bool {
    let (ui, session) = (use_ui(), use_session());
    let current = ui.current.with(|current| current.as_deref() == Some(step));
    !current && session.with(|state| in_order(state) || state.closed.is_some() || state.is_done(step))
}

fn in_order(state: &State) -> bool {
    state
        .procedure
        .as_ref()
        .is_none_or(|procedure| procedure.order == Order::Sequential)
}

/// Which step this is, how it stands, which is the current one, and the way there.
#[component]
pub fn ElsewhereBar(step: StepId, elsewhere: Memo<bool>) -> impl IntoView {
    let (ui, session) = (use_ui(), use_session());
    let row = session.row(&step);
    let number = session.with_untracked(|state| number_of(state, &step));
    let stands = move || row.map_or("", |row| row.with(Row::word));
    let current = move || {
        session.with(|state| match ui.current.get().and_then(|id| state.step(&id).cloned()) {
            Some(step) => {
                let title = title_and_aside(&step.title).0;
                format!("Current: step {} {title}.", number_of(state, &step.id))
            }
            None if state.closed.is_some() => "The session is closed.".to_owned(),
            None => format!("{}.", every_step(state.left_out())),
        })
    };
    let back = move || match ui.current.with(Option::is_some) {
        true => "Back to the current step ",
        false => "Back to the summary ",
    };
    view! {
        <Show when=move || elsewhere.get()>
            <div class="elsewhere-bar">
                <p id=WORDS>"You are looking at step "{number.clone()}" ("{stands}"). "<b>{current}</b></p>
                <button
                    type="button"
                    class="btn small"
                    aria-keyshortcuts=shortcut("b")
                    on:click=move |_| ui.select(None)
                >
                    {back}<KeyHint key="b" />
                </button>
            </div>
        </Show>
    }
}

/// The number that the runbook gives the step; without one its place: `4`, or `4.2` for a sub-step.
fn number_of(state: &State, id: &str) -> String {
    if let Some(number) = state.step(id).and_then(|step| step.number.clone()) {
        return number;
    }
    let procedure = state.procedure.as_ref();
    procedure.map_or_else(String::new, |procedure| number(&procedure.steps, id))
}

fn number(steps: &[Step], id: &str) -> String {
    let Some(at) = steps.iter().position(|step| step.contains(id)) else {
        return String::new();
    };
    match steps[at].id == id {
        true => (at + 1).to_string(),
        false => format!("{}.{}", at + 1, number(&steps[at].children, id)),
    }
}

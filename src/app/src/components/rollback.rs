//! The question before a rollback is started.

use crate::cells::{Callback, Held, Read};
use crate::components::dom::{El, div, el, paragraph};
use crate::components::forms::{radio, submit};
use crate::state::session::Rollback;

/// What will happen, and the button that makes it happen: the procedures that can undo the session, and the runbook where
/// more can be found when starting one did not work.
pub fn rollback_form(
    choices: Vec<Rollback>,
    runbook: String,
    starting: Held<bool>,
    problem: Held<Option<String>>,
    on_start: Callback<String>,
) -> El {
    let chosen = Held::new(choices.first().map(|one| one.id.clone()));
    let none = choices.is_empty();
    let legend = if choices.len() == 1 {
        "It runs this procedure"
    } else {
        "Which procedure?"
    };
    let choice = |choice: &Rollback| {
        let (id, wanted) = (choice.id.clone(), choice.id.clone());
        let is_chosen = Read::derive(move || chosen.with(|chosen| chosen.as_ref() == Some(&id)));
        radio(
            "rollback",
            &choice.title,
            &format!("{} steps", choice.steps),
            is_chosen,
            move || chosen.set(Some(wanted.clone())),
        )
    };
    let list = el("fieldset").child(el("legend").text(legend)).each(&choices, choice);
    let missing = "This runbook has no rollback procedure. Start the one of another runbook from the list of runbooks.";
    let list = if none { paragraph("problem").text(missing) } else { list };
    let told = move || {
        let Some(problem) = problem.get() else {
            return Vec::new();
        };
        let link = el("a")
            .attr("href", &format!("/runbooks/{runbook}"))
            .text("Open the runbook");
        vec![
            paragraph("problem")
                .role("alert")
                .text(&format!("{problem} "))
                .child(link),
        ]
    };
    let words = move || {
        if starting.get() {
            "Starting…"
        } else {
            "Start rollback"
        }
    };
    let start = submit("btn danger filled")
        .live_flag("disabled", move || none || starting.get())
        .live_word(words);
    el("form")
        .class("form")
        .on("submit", move |event| {
            event.prevent_default();
            if let Some(id) = chosen.get_untracked().filter(|_| !starting.get_untracked()) {
                on_start.run(id);
            }
        })
        .child(el("p").text(
            "A rollback is a session of its own, linked to this one. From then on nothing more can be ticked here.",
        ))
        .child(list)
        .child(el("div").live_children(told))
        .child(div("acts").child(start))
}

//! The dialogs of the desk: one at a time.

use holdpoint_domain::session::{ClientCommand, SessionId, SessionOutcome};
use leptos::prelude::*;
use uuid::Uuid;

use super::desk::{Asking, Desk};
use crate::cells::{Callback, Held, Read};
use crate::components::dialog::dialog;
use crate::components::dom::El;
use crate::components::forms::{OutcomeChoice, TextFormWords, close_form, text_form};
use crate::components::keys::key_help;
use crate::components::rollback::rollback_form;
use crate::state::drafts;

/// Whichever dialog is open.
pub fn dialogs(desk: Desk) -> El {
    let title = Read::derive(move || {
        desk.asking.with(|asking| {
            match asking {
                Some(Asking::Note) => "Add a note",
                Some(Asking::Rollback) => "Start the rollback?",
                Some(Asking::Close) => "Close the session",
                Some(Asking::Skip(_)) => "Skip this step",
                Some(Asking::TakeBack(_)) => "Take the tick back",
                Some(Asking::Keys) => "Keyboard shortcuts",
                None => "",
            }
            .to_owned()
        })
    });
    let content = move || match desk.asking.get() {
        None => Vec::new(),
        Some(asking) => untrack(|| asked(desk, asking)),
    };
    let open = Read::derive(move || desk.asking.with(Option::is_some));
    dialog(open, Callback::new(move |()| desk.asking.set(None)), title, "", content)
}

fn asked(desk: Desk, asking: Asking) -> Vec<El> {
    match asking {
        Asking::Note => vec![note_dialog(desk)],
        Asking::Rollback => vec![rollback_dialog(desk)],
        Asking::Close => vec![close_dialog(desk)],
        Asking::Skip(step) => vec![reason_dialog(desk, step, true)],
        Asking::TakeBack(step) => vec![reason_dialog(desk, step, false)],
        Asking::Keys => key_help(
            Read::derive(move || desk.app.settings.single_keys()),
            Callback::new(move |on| desk.app.settings.set_single_keys(on)),
        ),
    }
}

fn note_dialog(desk: Desk) -> El {
    let id = desk.store.id;
    // A note is about the step that is on screen when it is begun.
    let step = desk.shown.get_untracked();
    let hint = "It goes into the log with your name and the time. Ctrl Enter saves it.";
    text_form(
        TextFormWords {
            label: "Note",
            button: "Save note",
            hint,
        },
        drafts::load(id, "note"),
        Callback::new(move |text: String| drafts::keep(id, "note", &text)),
        Callback::new(move |text| {
            desk.store.ask(ClientCommand::AddNote {
                step: step.clone(),
                text,
            });
            drafts::done(id, "note");
            desk.asking.set(None);
        }),
    )
}

fn reason_dialog(desk: Desk, step: String, skip: bool) -> El {
    let button = if skip { "Skip step" } else { "Take back" };
    text_form(
        TextFormWords {
            label: "Reason",
            button,
            hint: "The reason is part of the record.",
        },
        String::new(),
        Callback::new(|_| ()),
        Callback::new(move |reason| {
            let step = step.clone();
            desk.store.ask(if skip {
                ClientCommand::Skip { step, reason }
            } else {
                ClientCommand::Untick { step, reason }
            });
            desk.asking.set(None);
        }),
    )
}

fn close_dialog(desk: Desk) -> El {
    let id = desk.store.id;
    let outcomes = [
        (SessionOutcome::Completed, "Completed"),
        (SessionOutcome::RolledBack, "Rolled back"),
        (SessionOutcome::Abandoned, "Abandoned"),
    ];
    let choice = |(outcome, name)| {
        let refusal = desk.store.refusal(ClientCommand::Close {
            outcome,
            summary: String::new(),
        });
        OutcomeChoice { outcome, name, refusal }
    };
    close_form(
        outcomes.map(choice).to_vec(),
        drafts::load(id, "summary"),
        Callback::new(move |text: String| drafts::keep(id, "summary", &text)),
        Callback::new(move |(outcome, summary)| {
            desk.store.ask(ClientCommand::Close { outcome, summary });
            drafts::done(id, "summary");
            desk.select(None);
            desk.asking.set(None);
        }),
    )
}

fn rollback_dialog(desk: Desk) -> El {
    let starting = Held::new(false);
    let problem = Held::new(None::<String>);
    let ids = Held::new(None::<(String, Uuid, SessionId)>);
    let choices = desk.store.rollbacks();
    let runbook = desk
        .store
        .with_untracked(|state| state.started.as_ref().map(|started| started.runbook.clone()));
    let on_start = Callback::new(move |procedure: String| {
        starting.set(true);
        problem.set(None);
        // A try whose answer was lost may have made its session, so the same choice asks for the same one again.
        let (_, command, session) = ids
            .get_untracked()
            .filter(|(of, ..)| *of == procedure)
            .unwrap_or_else(|| (procedure.clone(), Uuid::new_v4(), Uuid::now_v7()));
        ids.set(Some((procedure.clone(), command, session)));
        leptos::task::spawn_local(async move {
            match desk.store.start_rollback(procedure, command, session).await {
                Ok(session) => {
                    desk.asking.set(None);
                    desk.app.router.go(&format!("/sessions/{session}"));
                }
                Err(error) => {
                    starting.set(false);
                    problem.set(Some(error.to_string()));
                }
            }
        });
    });
    rollback_form(choices, runbook.unwrap_or_default(), starting, problem, on_start)
}

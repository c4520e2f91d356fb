//! The dialogs of the desk: one at a time.

use holdpoint_domain::session::{ClientCommand, SessionOutcome};
use leptos::prelude::*;

use crate::cells::{Held, Read};
use super::desk::{Asking, Desk};
use crate::components::dialog::Dialog;
use crate::components::forms::{CloseForm, OutcomeChoice, TextForm};
use crate::components::keys::KeyHelp;
use crate::components::rollback::RollbackForm;
use crate::state::drafts;
use crate::state::session::rollbacks;

/// Whichever dialog is open.
#[component]
pub fn Dialogs(desk: Desk) -> impl IntoView {
    let title = Read::derive(move || {
        desk.asking.with(|asking| match asking {
            Some(Asking::Note) => "Add a note",
            Some(Asking::Rollback) => "Start the rollback?",
            Some(Asking::Close) => "Close the session",
            Some(Asking::Skip(_)) => "Skip this step",
            Some(Asking::TakeBack(_)) => "Take the tick back",
            Some(Asking::Keys) => "Keyboard shortcuts",
            None => "",
        }
        .to_owned())
    });
    view! {
        <Dialog open=Read::derive(move || desk.asking.with(Option::is_some)) title=title on_close=move |()| desk.asking.set(None)>
            {move || desk.asking.get().map(|asking| match asking {
                Asking::Note => view! { <NoteDialog desk=desk /> }.into_any(),
                Asking::Rollback => view! { <RollbackDialog desk=desk /> }.into_any(),
                Asking::Close => view! { <CloseDialog desk=desk /> }.into_any(),
                Asking::Skip(step) => view! { <ReasonDialog desk=desk step=step skip=true /> }.into_any(),
                Asking::TakeBack(step) => view! { <ReasonDialog desk=desk step=step skip=false /> }.into_any(),
                Asking::Keys => view! {
                    <KeyHelp
                        single_keys=Read::derive(move || desk.app.settings.single_keys())
                        on_change=Callback::new(move |on| desk.app.settings.set_single_keys(on))
                    />
                }
                .into_any(),
            })}
        </Dialog>
    }
}

#[component]
fn NoteDialog(desk: Desk) -> impl IntoView {
    let id = desk.store.id;
    // A note is about the step that is on screen when it is begun.
    let step = desk.shown.get_untracked();
    view! {
        <TextForm
            label="Note"
            button="Save note"
            hint="It goes into the log with your name and the time. Ctrl Enter saves it."
            start=drafts::load(id, "note")
            on_change=Callback::new(move |text: String| drafts::keep(id, "note", &text))
            on_save=Callback::new(move |text| {
                desk.store.ask(ClientCommand::AddNote { step: step.clone(), text });
                drafts::done(id, "note");
                desk.asking.set(None);
            })
        />
    }
}

#[component]
fn ReasonDialog(desk: Desk, step: String, skip: bool) -> impl IntoView {
    let button = if skip { "Skip step" } else { "Take back" };
    view! {
        <TextForm
            label="Reason"
            button=button
            hint="The reason is part of the record."
            start=""
            on_change=Callback::new(|_| ())
            on_save=Callback::new(move |reason| {
                let step = step.clone();
                desk.store.ask(if skip { ClientCommand::Skip { step, reason } } else { ClientCommand::Untick { step, reason } });
                desk.asking.set(None);
            })
        />
    }
}

#[component]
fn CloseDialog(desk: Desk) -> impl IntoView {
    let id = desk.store.id;
    let choices = Read::derive(move || {
        let outcomes = [
            (SessionOutcome::Completed, "Completed"),
            (SessionOutcome::RolledBack, "Rolled back"),
            (SessionOutcome::Abandoned, "Abandoned"),
        ];
        let choice = |(outcome, name)| {
            let refusal = desk.store.refusal(ClientCommand::Close { outcome, summary: String::new() });
            OutcomeChoice { outcome, name, refusal }
        };
        outcomes.map(choice).to_vec()
    });
    view! {
        <CloseForm
            choices=choices
            start=drafts::load(id, "summary")
            on_change=Callback::new(move |text: String| drafts::keep(id, "summary", &text))
            on_close=Callback::new(move |(outcome, summary)| {
                desk.store.ask(ClientCommand::Close { outcome, summary });
                drafts::done(id, "summary");
                desk.select(None);
                desk.asking.set(None);
            })
        />
    }
}

#[component]
fn RollbackDialog(desk: Desk) -> impl IntoView {
    let starting = Held::new(false);
    let problem = Held::new(None::<String>);
    let choices = desk.store.with_untracked(rollbacks);
    let runbook = desk.store.with_untracked(|state| state.started.as_ref().map(|started| started.runbook.clone()));
    let on_start = Callback::new(move |procedure: String| {
        starting.set(true);
        problem.set(None);
        leptos::task::spawn_local(async move {
            match desk.store.start_rollback(procedure).await {
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
    view! { <RollbackForm choices=choices runbook=runbook.unwrap_or_default() starting=starting problem=problem on_start=on_start /> }
}

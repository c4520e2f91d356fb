//! The dialogs of a session's page: one at a time.

use holdpoint_domain::session::{ClientCommand, GateId, StepId};
use leptos::prelude::*;

use super::declaration::DeclarationDialog;
use super::end_dialogs::{CloseDialog, RollbackDialog};
use super::evidence::EvidenceView;
use super::name::{ChangeName, NameDialog};
use super::ui::{OpenDialog, use_ui};
use super::undone::WhatMayNeedIt;
use crate::components::dialog::Dialog;
use crate::components::forms::TextForm;
use crate::components::keys::KeyHelp;
use crate::state::app::use_app;
use crate::state::session::use_session;

#[component]
pub fn Dialogs() -> impl IntoView {
    let dialog = use_ui().dialog;
    let title = Signal::derive(move || dialog.with(|dialog| dialog.as_ref().map_or("", title).to_owned()));
    let content = move || dialog.get().map(content);
    let is_wide =
        move || dialog.with(|dialog| matches!(dialog, Some(OpenDialog::Declaration(_) | OpenDialog::Evidence(_))));
    let is_open = move || dialog.with(Option::is_some);
    let close = move |()| dialog.set(None);
    view! {
        <Dialog
            open=Signal::derive(move || is_open() && !is_wide())
            title
            on_close=close
            // A key that is pressed by habit after `?` must not meet the switch that turns all keys off.
            focus_heading=Signal::derive(move || dialog.with(|dialog| *dialog == Some(OpenDialog::Keys)))
        >
            {content}
        </Dialog>
        <Dialog open=Signal::derive(is_wide) title on_close=close class="wide">{content}</Dialog>
        <NameDialog />
    }
}

fn title(dialog: &OpenDialog) -> &'static str {
    match dialog {
        OpenDialog::Note => "Add a note",
        OpenDialog::Rollback => "Start the rollback?",
        OpenDialog::Close => "Close the session",
        OpenDialog::Skip(_) => "Skip this step",
        OpenDialog::Caution(..) => "Proceed with caution",
        OpenDialog::TakeBack(_) => "Take this step back",
        OpenDialog::Declaration(_) => "The corrected gate",
        OpenDialog::Evidence(_) => "Evidence",
        OpenDialog::Keys => "Keyboard shortcuts",
        OpenDialog::Name => "Your name",
    }
}

fn content(dialog: OpenDialog) -> AnyView {
    match dialog {
        OpenDialog::Note => view! { <NoteDialog /> }.into_any(),
        OpenDialog::Rollback => view! { <RollbackDialog /> }.into_any(),
        OpenDialog::Close => view! { <CloseDialog /> }.into_any(),
        OpenDialog::Skip(step) => view! { <ReasonDialog step skip=true /> }.into_any(),
        OpenDialog::Caution(step, gate) => view! { <CautionDialog step gate /> }.into_any(),
        OpenDialog::TakeBack(step) => view! { <ReasonDialog step skip=false /> }.into_any(),
        OpenDialog::Declaration(gate) => view! { <DeclarationDialog gate /> }.into_any(),
        OpenDialog::Evidence(seq) => view! { <EvidenceView seq /> }.into_any(),
        OpenDialog::Keys => view! { <KeysDialog /> }.into_any(),
        OpenDialog::Name => view! { <ChangeName /> }.into_any(),
    }
}

#[component]
fn NoteDialog() -> impl IntoView {
    let (ui, session, clock) = (use_ui(), use_session(), use_app().clock);
    let draft = ui.note;
    // A note is about the step that is on screen when it is begun.
    let step = ui.shown.get_untracked();
    let on_save = Callback::new(move |text| {
        let note = ClientCommand::AddNote {
            step: step.clone(),
            text,
            written: Some(clock.now_untracked()),
        };
        session.send_then(note, move || {
            draft.clear();
            ui.dialog.set(None);
        });
    });
    view! {
        <TextForm
            label="Note"
            button="Save note"
            hint="It goes into the log with your name and the time."
            text=draft.text
            set_text=draft.set_text
            on_save
        />
    }
}

#[component]
fn ReasonDialog(step: StepId, skip: bool) -> impl IntoView {
    let (ui, session) = (use_ui(), use_session());
    let (text, set_text) = signal(String::new());
    let on_save = Callback::new(move |reason| {
        let step = step.clone();
        let command = if skip {
            ClientCommand::Skip { step, reason }
        } else {
            ClientCommand::Untick { step, reason }
        };
        session.send_then(command, move || ui.dialog.set(None));
    });
    let button = if skip { "Skip step" } else { "Take back" };
    view! {
        {skip.then(|| view! { <WhatMayNeedIt /> })}
        <TextForm label="Reason" button hint="The reason is part of the record." text set_text on_save />
    }
}

#[component]
fn CautionDialog(step: StepId, gate: GateId) -> impl IntoView {
    let (ui, session) = (use_ui(), use_session());
    let (text, set_text) = signal(String::new());
    let on_save = Callback::new(move |reason| {
        let (step, gate) = (step.clone(), gate.clone());
        let decision = ClientCommand::ProceedWithCaution { step, gate, reason };
        session.send_then(decision, move || ui.dialog.set(None));
    });
    view! {
        <p>
            "The check has not passed, and it will not be shown as passed. Your decision to go on, your name and your reason are part of the record, and whoever watches reads them."
        </p>
        <TextForm
            label="Why is it safe to go on?"
            button="Go on without a pass"
            hint="The reason is part of the record."
            text
            set_text
            on_save
        />
    }
}

#[component]
fn KeysDialog() -> impl IntoView {
    let (ui, settings) = (use_ui(), use_app().settings);
    view! {
        <KeyHelp
            name=Signal::derive(move || settings.name())
            on_name=Callback::new(move |()| ui.dialog.set(Some(OpenDialog::Name)))
            single_keys=Signal::derive(move || settings.single_keys())
            on_change=Callback::new(move |on| settings.set_single_keys(on))
        />
    }
}

//! The dialogs of a session's page: one at a time.

use holdpoint_domain::session::{ClientCommand, GateId, SessionOutcome, StepId};
use leptos::prelude::*;

use super::declaration::DeclarationDialog;
use super::evidence::EvidenceView;
use super::name::NameDialog;
use super::ui::{OpenDialog, use_ui};
use crate::components::dialog::Dialog;
use crate::components::forms::{CloseForm, OutcomeChoice, TextForm};
use crate::components::keys::KeyHelp;
use crate::components::rollback::RollbackForm;
use crate::state::app::use_app;
use crate::state::session::use_session;
use crate::state::start::use_start;

const OUTCOMES: [(SessionOutcome, &str); 3] = [
    (SessionOutcome::Completed, "Completed"),
    (SessionOutcome::RolledBack, "Rolled back"),
    (SessionOutcome::Abandoned, "Given up"),
];

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
        <Dialog open=Signal::derive(move || is_open() && !is_wide()) title on_close=close>{content}</Dialog>
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
    }
}

#[component]
fn NoteDialog() -> impl IntoView {
    let (ui, session, clock) = (use_ui(), use_session(), use_app().clock);
    let draft = ui.note;
    // A note is about the step that is on screen when it is begun.
    let step = ui.shown.get_untracked();
    let on_save = Callback::new(move |text| {
        session.send(ClientCommand::AddNote {
            step: step.clone(),
            text,
            written: Some(clock.now_untracked()),
        });
        draft.clear();
        ui.dialog.set(None);
    });
    view! {
        <TextForm
            label="Note"
            button="Save note"
            hint="It goes into the log with your name and the time. Ctrl Enter saves it."
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
        session.send(if skip {
            ClientCommand::Skip { step, reason }
        } else {
            ClientCommand::Untick { step, reason }
        });
        ui.dialog.set(None);
    });
    let button = if skip { "Skip step" } else { "Take back" };
    view! { <TextForm label="Reason" button hint="The reason is part of the record." text set_text on_save /> }
}

#[component]
fn CautionDialog(step: StepId, gate: GateId) -> impl IntoView {
    let (ui, session) = (use_ui(), use_session());
    let (text, set_text) = signal(String::new());
    let on_save = Callback::new(move |reason| {
        let (step, gate) = (step.clone(), gate.clone());
        session.send(ClientCommand::ProceedWithCaution { step, gate, reason });
        ui.dialog.set(None);
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
fn CloseDialog() -> impl IntoView {
    let (ui, session) = (use_ui(), use_session());
    let draft = ui.summary;
    let choices = OUTCOMES.map(|(outcome, name)| {
        let refusal = session.refusal(ClientCommand::Close {
            outcome,
            summary: String::new(),
        });
        OutcomeChoice { outcome, name, refusal }
    });
    let on_close = Callback::new(move |(outcome, summary)| {
        session.send(ClientCommand::Close { outcome, summary });
        draft.clear();
        ui.select(None);
        ui.dialog.set(None);
    });
    view! { <CloseForm choices=choices.to_vec() summary=draft.text set_summary=draft.set_text on_close /> }
}

#[component]
fn RollbackDialog() -> impl IntoView {
    let (app, session, start) = (use_app(), use_session(), use_start());
    let runbook = session.with_untracked(|state| state.started.as_ref().map(|started| started.runbook.clone()));
    let on_start = Callback::new(move |procedure: String| {
        let started = Callback::new(move |captain: String| {
            if let Some(request) = session.rollback_request(String::clone(&procedure), captain) {
                start.send(request);
            }
        });
        app.with_name(started);
    });
    view! {
        <RollbackForm
            choices=session.rollbacks()
            runbook=runbook.unwrap_or_default()
            starting=Signal::derive(move || start.pending())
            problem=Signal::derive(move || start.problem())
            on_start
        />
    }
}

#[component]
fn KeysDialog() -> impl IntoView {
    let settings = use_app().settings;
    view! {
        <KeyHelp
            single_keys=Signal::derive(move || settings.single_keys())
            on_change=Callback::new(move |on| settings.set_single_keys(on))
        />
    }
}

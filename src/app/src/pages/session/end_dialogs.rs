//! The dialogs that end a session: closing it, and starting its rollback.

use holdpoint_domain::runbook::ProcedureKind;
use holdpoint_domain::session::{ClientCommand, SessionOutcome};
use leptos::prelude::*;

use super::linked::{LinkTo, use_linked};
use super::ui::use_ui;
use super::way_back::WayBackInDialog;
use crate::api;
use crate::components::close_form::{CloseForm, OutcomeChoice};
use crate::components::rollback::{NothingToStart, RollbackForm, elsewhere, then_words};
use crate::state::app::use_app;
use crate::state::session::use_session;
use crate::state::start::use_start;

const OUTCOMES: [(SessionOutcome, &str); 3] = [
    (SessionOutcome::Completed, "Completed"),
    (SessionOutcome::RolledBack, "Rolled back"),
    (SessionOutcome::Abandoned, "Given up"),
];

#[component]
pub fn CloseDialog() -> impl IntoView {
    let (ui, session, linked) = (use_ui(), use_session(), use_linked());
    let draft = ui.summary;
    let choices = OUTCOMES.map(|(outcome, name)| {
        let refusal = session.refusal(ClientCommand::Close {
            outcome,
            summary: String::new(),
        });
        OutcomeChoice { outcome, name, refusal }
    });
    let on_close = Callback::new(move |(outcome, summary)| {
        session.send_then(ClientCommand::Close { outcome, summary }, move || {
            draft.clear();
            ui.select(None);
            ui.dialog.set(None);
        });
    });
    let has_rollback = Memo::new(move |_| linked.sentence().is_some());
    view! {
        <CloseForm
            choices=choices.to_vec()
            unfinished=Signal::derive(move || linked.is_unfinished())
            summary=draft.text
            set_summary=draft.set_text
            on_close
        >
            <Show when=move || has_rollback.get()>
                <p>
                    {move || linked.sentence()}" "
                    <LinkTo other=linked.rollback before="Go to " unnamed="the rollback" />
                </p>
            </Show>
        </CloseForm>
    }
}

#[component]
pub fn RollbackDialog() -> impl IntoView {
    let (app, session, start) = (use_app(), use_session(), use_start());
    let started = session.with_untracked(|state| state.started.clone());
    let none = started.as_ref().and_then(|started| started.no_rollback());
    let runbook = started
        .as_ref()
        .map(|started| started.runbook.clone())
        .unwrap_or_default();
    if let Some(none) = none {
        let found = LocalResource::new(move || {
            let own = runbook.clone();
            async move {
                let runbooks = api::runbooks().await.map_err(|error| error.to_string())?;
                Ok(elsewhere(&runbooks, &own, session.id))
            }
        });
        return view! { <NothingToStart none elsewhere=Signal::derive(move || found.get()) /> }.into_any();
    }
    let emergency = started.is_some_and(|started| started.procedure.kind == ProcedureKind::Emergency);
    let on_start = Callback::new(move |procedure: String| {
        let started = Callback::new(move |captain: String| {
            if let Some(request) = session.rollback_request(String::clone(&procedure), captain) {
                start.send(request);
            }
        });
        app.with_name(started);
    });
    view! {
        <WayBackInDialog />
        <RollbackForm
            choices=session.rollbacks()
            then=then_words(emergency)
            runbook
            starting=Signal::derive(move || start.pending())
            problem=Signal::derive(move || start.problem())
            on_start
        />
    }
    .into_any()
}

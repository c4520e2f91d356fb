//! What the palette finds in the session on screen and can do there, also without a connection.

use holdpoint_domain::search::{Index, Query, entries_of_procedure, search};
use holdpoint_domain::wire::{FoundKind, SearchAnswer, SearchCount, SearchHit};
use leptos::prelude::*;

use super::ui::{OpenDialog, SessionUi};
use crate::state::app::{Action, OpenSession, use_app};
use crate::state::session::{Session, steps_in_outline, use_session};

/// Lets the palette search the session and act in it, as long as the page is there.
pub fn offer_to_palette(ui: SessionUi) {
    let (app, session) = (use_app(), use_session());
    app.open_session.set(Some(OpenSession {
        find: find_in(session),
        of: Callback::new(move |()| runbook_and_procedure(session)),
        actions: Callback::new(move |()| actions(ui)),
        show: Callback::new(move |step| ui.select(Some(step))),
    }));
    on_cleanup(move || app.open_session.set(None));
}

/// Takes a character apart as Unicode says; the browser has the tables.
fn decompose(one: char, each: &mut dyn FnMut(char)) {
    let apart = js_sys::JsString::from(one.to_string()).normalize("NFKD");
    String::from(apart).chars().for_each(each);
}

/// Finds the session's steps and commands. The index is made when somebody searches for the first time.
pub fn find_in(session: Session) -> Callback<String, SearchAnswer> {
    let index = StoredValue::new(None::<Index>);
    Callback::new(move |wanted: String| {
        let query = Query::new(&wanted, decompose);
        if query.is_empty() {
            return every_step(session);
        }
        if index.with_value(Option::is_none) {
            let entries = session.with_untracked(|state| state.procedure.as_deref().map(entries_of_procedure));
            index.set_value(Some(Index::of(entries.unwrap_or_default(), decompose)));
        }
        index.with_value(|index| search(index.as_slice().iter().collect::<Vec<_>>().as_slice(), &query))
    })
}

/// The steps in order, as the palette shows them before anything is typed.
fn every_step(session: Session) -> SearchAnswer {
    const OFFERED: usize = 50;
    session.with_untracked(|state| {
        let steps = steps_in_outline(state);
        let count = u32::try_from(steps.len()).unwrap_or(u32::MAX);
        let hit = |step: &holdpoint_domain::runbook::Step| SearchHit {
            kind: FoundKind::Step,
            title: step.title.clone(),
            detail: String::new(),
            href: String::new(),
            runbook: None,
            procedure: None,
            step: Some(step.id.clone()),
            title_marks: Vec::new(),
            detail_marks: Vec::new(),
        };
        SearchAnswer {
            hits: steps.into_iter().take(OFFERED).map(hit).collect(),
            counts: vec![SearchCount {
                kind: FoundKind::Step,
                count,
            }],
            ..SearchAnswer::default()
        }
    })
}

/// The runbook's name and the procedure's id, which tell what the proxy finds of the same procedure.
pub fn runbook_and_procedure(session: Session) -> Option<(String, String)> {
    session.with_untracked(|state| {
        let started = state.started.as_deref()?;
        Some((started.runbook.clone(), started.procedure.id.clone()))
    })
}

/// What can be done on the session's page now.
pub fn actions(ui: SessionUi) -> Vec<Action> {
    let action = |title, act: fn(SessionUi)| Action {
        title,
        act: Callback::new(move |()| act(ui)),
    };
    let mut actions = vec![
        action("Go to the current step", |ui| ui.select(None)),
        action("Add a note", |ui| ui.dialog.set(Some(OpenDialog::Note))),
        action("Keyboard shortcuts", |ui| ui.dialog.set(Some(OpenDialog::Keys))),
    ];
    if !ui.closed.get_untracked() {
        actions.push(action("Run the gates that hold, or the shown step’s gate", |ui| {
            ui.run_gates_of_key();
        }));
        actions.push(action("Close the session", |ui| ui.dialog.set(Some(OpenDialog::Close))));
    }
    if ui.may_roll_back() {
        actions.push(action("Roll back", |ui| ui.dialog.set(Some(OpenDialog::Rollback))));
    }
    actions
}

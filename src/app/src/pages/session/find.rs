//! What the palette finds in the session on screen and can do there, also without a connection.

use holdpoint_domain::search::{Index, Query, entries_of_procedure, search};
use holdpoint_domain::session::{GateId, State, StepId};
use holdpoint_domain::wire::{FoundKind, SearchAnswer, SearchCount, SearchHit};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::actions::{can_take_back, has_no_way_back};
use super::ui::{OpenDialog, SessionUi};
use crate::components::export_formats::press_export;
use crate::state::app::{Action, OpenSession, use_app};
use crate::state::session::{Session, steps_in_outline, use_session};

/// Goes to another page.
type Go = Box<dyn Fn(&str) + Send + Sync>;

/// Lets the palette search the session and act in it, as long as the page is there.
pub fn offer_to_palette(ui: SessionUi) {
    let (app, session, navigate) = (use_app(), use_session(), use_navigate());
    let go: StoredValue<Go> = StoredValue::new(Box::new(move |address: &str| {
        navigate(address, NavigateOptions::default())
    }));
    app.open_session.set(Some(OpenSession {
        find: find_in(session),
        of: Callback::new(move |()| runbook_and_procedure(session)),
        actions: Callback::new(move |()| actions(ui, session, go)),
        show: Callback::new(move |step| ui.go_to(Some(step))),
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

/// Formats that the palette exports in; the menu in the head has all of them.
const EXPORTS: [(&str, &str, &str); 3] = [
    ("html", "Export the report as HTML", "download print"),
    ("json", "Export the log as JSON", "download verify"),
    ("zip", "Export everything as a zip", "download archive evidence"),
];

/// What can be done on the session's page now, by the words on its buttons; what a rule refuses is not offered.
fn actions(ui: SessionUi, session: Session, go: StoredValue<Go>) -> Vec<Action> {
    let mut actions = vec![
        action("Go to the current step", "back next", move || ui.go_to(None)),
        open(ui, "Add a note", "write comment", OpenDialog::Note),
    ];
    if !ui.closed.get_untracked() {
        actions.extend(open_actions(ui, session));
    }
    let page = |title: &'static str, also: &'static str, address: String| {
        action(title, also, move || go.with_value(|go| go(&address)))
    };
    let id = session.id;
    actions.extend([
        page("Watch page", "share status executive", format!("/watch/{id}")),
        page("Replay", "timeline again history", format!("/sessions/{id}/replay")),
        page(
            "Post-mortem",
            "incident causes severity actions",
            format!("/sessions/{id}/post-mortem"),
        ),
    ]);
    actions.extend(EXPORTS.map(|(format, title, also)| action(title, also, move || press_export(format))));
    actions.push(open(
        ui,
        "Change your name",
        "hand over takeover captain who",
        OpenDialog::Name,
    ));
    actions.push(open(ui, "Keyboard shortcuts", "keys help", OpenDialog::Keys));
    actions
}

/// What can be done only as long as the session is open.
fn open_actions(ui: SessionUi, session: Session) -> Vec<Action> {
    let mut actions = vec![action(
        "Run the gates that hold, or the shown step’s gate",
        "check verify retry again",
        move || ui.run_gates_of_key(),
    )];
    if let Some((step, gate)) = session.with_confirmed_untracked(may_go_on) {
        let dialog = OpenDialog::Caution(step, gate);
        actions.push(open(
            ui,
            "Proceed with caution",
            "go on without a pass override continue",
            dialog,
        ));
    }
    let none = session.with_untracked(has_no_way_back) && !ui.may_start_another();
    if ui.may_roll_back() && !none {
        let title = match ui.may_start_another() {
            true => "Start another rollback",
            false => "Start rollback",
        };
        actions.push(open(ui, title, "roll back undo revert way back", OpenDialog::Rollback));
    }
    let shown = ui.shown.get_untracked();
    if let Some(step) = shown.filter(|step| session.with_untracked(|state| can_take_back(state, step))) {
        actions.push(open(
            ui,
            "Take the shown step back",
            "undo untick",
            OpenDialog::TakeBack(step),
        ));
    }
    actions.push(open(
        ui,
        "Close the session",
        "end finish complete give up abandon",
        OpenDialog::Close,
    ));
    actions
}

/// The gate that holds, where the runbook lets a person go on without its pass.
fn may_go_on(state: &State) -> Option<(StepId, GateId)> {
    let (step, gate, hold) = state.hold()?;
    let may = state.recommendation(step, hold).may_go_on;
    may.then(|| (step.clone(), gate.clone()))
}

fn action(title: &'static str, also: &'static str, act: impl Fn() + Send + Sync + 'static) -> Action {
    Action {
        title,
        also,
        act: Callback::new(move |()| act()),
    }
}

fn open(ui: SessionUi, title: &'static str, also: &'static str, dialog: OpenDialog) -> Action {
    action(title, also, move || ui.dialog.set(Some(dialog.clone())))
}

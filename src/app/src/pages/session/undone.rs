//! In a rollback: what the session that it undoes has done, by that session's log.

use holdpoint_domain::session::{Event, SessionId, UndoList};
use leptos::prelude::*;
use leptos_router::components::A;

use super::linked::{LinkTo, use_linked};
use super::ui::use_ui;
use crate::components::way_back::{UndoSteps, undone_sentence};
use crate::state::session::{Load, Session, use_session};

/// None while the log of the undone session is not known as the proxy has it now.
fn list_of(undone: Session) -> Option<UndoList> {
    let is_known = undone.load.get() == Load::Ready && !undone.is_lost();
    is_known.then(|| undone.with_confirmed(|state| state.undo_list()))
}

/// The rollback that was started before this one, which may have undone some of it.
fn earlier_rollback(undone: Session, this: SessionId) -> Option<SessionId> {
    undone.with_records(|records| {
        let mut others = records.iter().rev().filter_map(|record| match record.event {
            Event::RollbackStarted { session, .. } => Some(session),
            _ => None,
        });
        // Ids are made in the order of time.
        others.find(|other| *other < this)
    })
}

/// Below the step, as long as the rollback is open.
#[component]
pub fn ToUndoHere() -> impl IntoView {
    let linked = use_linked();
    linked.undone_session.map(move |undone| view! { <Section undone /> })
}

#[component]
fn Section(undone: Session) -> impl IntoView {
    let (ui, linked, this) = (use_ui(), use_linked(), use_session().id);
    let list = Memo::new(move |_| list_of(undone));
    let before = Memo::new(move |_| earlier_rollback(undone, this));
    let steps = move || match list.get() {
        Some(list) => view! { <UndoSteps list elsewhere=true /> }.into_any(),
        None => view! { <p class="small">{undone_sentence(None, None)}</p> }.into_any(),
    };
    let before = move || {
        let href = format!("/sessions/{}", before.get()?);
        Some(view! {
            <p class="small">
                "An "<A href>"earlier rollback"</A>
                " of it was started. Its own log says what that one has undone; what is listed here is what the session did."
            </p>
        })
    };
    view! {
        <section class="way-back to-undo" aria-labelledby="to-undo-title" hidden=move || ui.closed.get()>
            <h3 id="to-undo-title">"What there is to undo"</h3>
            <p class="small quiet"><LinkTo other=linked.undone before="By the log of " unnamed="the session that it undoes" /></p>
            {before}
            {steps}
        </section>
    }
}

/// In the dialog that leaves a step of a rollback out.
#[component]
pub fn WhatMayNeedIt() -> impl IntoView {
    let linked = use_linked();
    linked.undone_session.map(move |undone| {
        let sentence = move || {
            let name = linked
                .undone
                .with(|other| other.as_ref().and_then(|one| one.name.clone()));
            undone_sentence(name.as_deref(), list_of(undone).as_ref())
        };
        view! { <p>{sentence}" Leave the step out only where nothing of this needs it."</p> }
    })
}

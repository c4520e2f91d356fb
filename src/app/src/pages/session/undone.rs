//! In a rollback: what the session that it undoes has done, by that session's log.

use holdpoint_domain::session::{Event, Record, SessionId, UndoList};
use leptos::prelude::*;
use leptos_router::components::A;

use super::linked::{LinkTo, use_linked};
use super::ui::use_ui;
use crate::components::way_back::{UndoSteps, undone_sentence};
use crate::state::app::use_app;
use crate::state::session::{Load, Session, use_session};

/// None while the log of the undone session is not known as the proxy has it now.
fn list_of(undone: Session) -> Option<UndoList> {
    let is_known = undone.load.get() == Load::Ready && !undone.is_lost();
    is_known.then(|| undone.with_confirmed(|state| state.undo_list()))
}

/// The rollback that was started before this one, which may have undone some of it, and whether the log has this one. One that
/// was started after the closing is in no log but its own.
fn earlier_rollback(records: &[Record], this: SessionId) -> (Option<SessionId>, bool) {
    let mut before = None;
    for record in records {
        match record.event {
            Event::RollbackStarted { session, .. } if session == this => return (before, true),
            Event::RollbackStarted { session, .. } => before = Some(session),
            _ => {}
        }
    }
    (before, false)
}

/// Below the step, as long as the rollback is open.
#[component]
pub fn ToUndoHere() -> impl IntoView {
    let linked = use_linked();
    linked.undone_session.map(move |undone| view! { <Section undone /> })
}

#[component]
fn Section(undone: Session) -> impl IntoView {
    let (ui, linked, this, clock) = (use_ui(), use_linked(), use_session().id, use_app().clock);
    let list = Memo::new(move |_| list_of(undone));
    let before = Memo::new(move |_| undone.with_records(|records| earlier_rollback(records, this)));
    let is_untold = Memo::new(move |_| !before.get().1 && undone.with_confirmed(|state| state.closed.is_some()));
    let steps = move || match list.get() {
        Some(list) => view! { <UndoSteps list elsewhere=true now=clock.signal() /> }.into_any(),
        None => view! { <p class="small">{undone_sentence(None, None)}</p> }.into_any(),
    };
    let before = move || {
        let href = format!("/sessions/{}", before.get().0?);
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
            {move || {
                is_untold
                    .get()
                    .then(|| view! { <p class="small">"Whether another rollback was started after it was closed, its log does not say."</p> })
            }}
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

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use holdpoint_domain::session::Actor;

    use super::*;

    #[test]
    fn the_rollback_before_this_one_is_told_by_the_order_of_the_log() {
        // What was started first need not have the smaller id: it is made where somebody asks, by a clock that may be wrong.
        let [first, second, other] = [9, 5, 7].map(SessionId::from_u128);
        let record = |(place, session): (usize, &SessionId)| Record {
            v: 1,
            session: SessionId::nil(),
            seq: place as u64 + 1,
            at: DateTime::UNIX_EPOCH,
            actor: Actor::Proxy,
            command: SessionId::nil(),
            event: Event::RollbackStarted {
                session: *session,
                procedure: "back".to_owned(),
            },
            prev: String::new(),
            hash: String::new(),
        };
        let records: Vec<Record> = [first, second].iter().enumerate().map(record).collect();
        assert_eq!(earlier_rollback(&records, first), (None, true));
        assert_eq!(earlier_rollback(&records, second), (Some(first), true));
        assert_eq!(earlier_rollback(&records, other), (Some(second), false));
        assert_eq!(earlier_rollback(&[], other), (None, false));
    }
}

//! The rollback of the session, seen from the session that it undoes.

use holdpoint_domain::session::Standing;
use leptos::prelude::*;

use super::linked::{LinkTo, use_linked};
use super::ui::{OpenDialog, use_ui};
use crate::components::words::{Stands, StatusWord};
use crate::state::session::use_session;

/// How the rollback goes, by its own events, and the way there. An emergency goes on beside it.
#[component]
pub fn RollbackNotice() -> impl IntoView {
    let session = use_session();
    let is_open = Memo::new(move |_| session.with(|state| state.rollback.is_some() && state.closed.is_none()));
    move || is_open.get().then(|| view! { <Notice /> })
}

#[component]
fn Notice() -> impl IntoView {
    let (ui, session, linked) = (use_ui(), use_session(), use_linked());
    // Told as that of a release: what the head of an emergency says is how the emergency stands.
    let word = Memo::new(move |_| {
        let stands = linked.stands.get();
        let standing = Standing::RollingBack;
        Stands { standing, ..stands }.word()
    });
    let kind = Signal::derive(move || word.get().0);
    let text = Signal::derive(move || word.get().1.to_owned());
    let sentence = move || linked.sentence().map(|sentence| format!("{sentence} "));
    let goes_on = Memo::new(move |_| session.with(|state| !state.is_being_undone()));
    let is_over = move || {
        linked.rollback.with(|one| {
            one.as_ref()
                .is_some_and(|one| one.is_closed == Some(true) || one.is_damaged)
        })
    };
    let may_start_another = Memo::new(move |_| linked.may_start_another());
    let rule = move || match (goes_on.get(), is_over()) {
        (true, _) if may_start_another.get() => "This emergency goes on. Start another rollback, if it needs one.",
        (true, _) => "This emergency goes on beside it.",
        (false, true) if may_start_another.get() => {
            "Nothing more can be ticked here: start another rollback, or close this session."
        }
        (false, true) => "Nothing more can be ticked here; close this session.",
        (false, false) => "Nothing more can be ticked here; close this session when the rollback is over.",
    };
    view! {
        <section class="notice back" aria-label="Rollback">
            <StatusWord kind text />
            <p>{sentence}{rule}</p>
            <div class="acts">
                <LinkTo other=linked.rollback before="Go to " unnamed="the rollback" class="btn" />
                <button
                    type="button"
                    class="btn"
                    hidden=move || goes_on.get()
                    on:click=move |_| ui.dialog.set(Some(OpenDialog::Close))
                >
                    "Close session"
                </button>
                <button
                    type="button"
                    class="btn danger"
                    hidden=move || !may_start_another.get()
                    on:click=move |_| ui.dialog.set(Some(OpenDialog::Rollback))
                >
                    "Start another rollback"
                </button>
            </div>
        </section>
    }
}

//! The rollback of the session, seen from the session that it undoes.

use holdpoint_domain::summary::{Headline, Summary, Tone};
use leptos::prelude::*;
use leptos_router::components::A;

use super::ui::{OpenDialog, use_ui};
use crate::components::words::{StatusWord, Word};
use crate::state::session::{Load, follow_rollback, use_session};

/// How the rollback goes, by its own events, and the way there. An emergency goes on beside it.
#[component]
pub fn RollbackNotice() -> impl IntoView {
    let session = use_session();
    let is_open = Memo::new(move |_| session.with(|state| state.rollback.is_some() && state.closed.is_none()));
    move || is_open.get().then(|| view! { <Notice /> })
}

#[component]
fn Notice() -> impl IntoView {
    let (ui, session) = (use_ui(), use_session());
    let rollback = follow_rollback(session);
    let own = Memo::new(move |_| {
        let known = rollback.get().filter(|one| one.load.get() == Load::Ready)?;
        known.with_confirmed(|state| Summary::of(state, None))
    });
    let headline = move || own.with(|own| own.as_ref().map_or(Headline::RollbackStarted, |own| own.headline));
    let is_over = move || own.with(|own| own.as_ref().is_some_and(|own| own.closed));
    let word = Signal::derive(move || match headline().tone() {
        Tone::Hold => Word::Hold,
        _ => Word::Back,
    });
    let text = Signal::derive(move || match headline() {
        one @ (Headline::Finished | Headline::LeftOut | Headline::FinishedCaution) => {
            format!("ROLLBACK {}", one.words())
        }
        other => other.words().to_owned(),
    });
    let sentence = move || own.with(|own| own.as_ref().map(|own| format!("{} ", own.sentence.text)));
    let goes_on = Memo::new(move |_| session.with(|state| !state.is_being_undone()));
    let rule = move || match (goes_on.get(), is_over()) {
        (true, _) => "This emergency goes on beside it.",
        (false, true) => "Nothing more can be ticked here; close this session.",
        (false, false) => "Nothing more can be ticked here; close this session when the rollback is over.",
    };
    view! {
        <section class="notice back" aria-label="Rollback">
            <StatusWord kind=word text />
            <p>{sentence}{rule}</p>
            <div class="acts">
                {move || {
                    rollback.get().map(|one| {
                        view! { <A href=format!("/sessions/{}", one.id) attr:class="btn">"Go to the rollback"</A> }
                    })
                }}
                <button
                    type="button"
                    class="btn"
                    hidden=move || goes_on.get()
                    on:click=move |_| ui.dialog.set(Some(OpenDialog::Close))
                >
                    "Close session"
                </button>
            </div>
        </section>
    }
}

//! A part that is read until somebody writes it. What was begun survives a reload.

use chrono::{DateTime, Utc};
use holdpoint_domain::session::{Actor, SessionId};
use leptos::prelude::*;

use crate::components::scroll::{after_paint, focus};
use crate::format::{TimeFormat, local_time};
use crate::state::drafts::Draft;

/// Whether a part is being written. Copying it copies handles.
#[derive(Clone, Copy)]
pub struct Editing {
    draft: Draft,
    /// The part's id: the button that begins has it with `-edit`, the first field with `-field`.
    id: &'static str,
}

impl Editing {
    pub fn of(session: SessionId, id: &'static str) -> Self {
        Self {
            draft: Draft::of(session, &format!("post-mortem.{id}.editing")),
            id,
        }
    }

    /// Tracked.
    pub fn is_on(&self) -> bool {
        self.draft.text.with(|text| !text.is_empty())
    }

    pub fn begin(&self) {
        self.draft.set_text.set("yes".to_owned());
        let id = self.id;
        after_paint(move || focus(&format!("{id}-field")));
    }

    pub fn end(&self) {
        self.draft.clear();
        let id = self.id;
        after_paint(move || focus(&format!("{id}-edit")));
    }
}

/// `Ada, 20 Nov, 14:12`.
pub fn by(actor: &Actor, at: DateTime<Utc>) -> String {
    format!("{}, {}", actor.name(), local_time(at, TimeFormat::Day))
}

/// What is said of what is in the outbox; that it is recorded is said by its event.
pub fn waits_words(what: &str) -> String {
    format!("Waiting to be sent: {what}.")
}

/// The button that begins to write a part.
#[component]
pub fn EditButton(
    editing: Editing,
    /// What there is to write, for those who hear the page.
    of: &'static str,
    #[prop(into)] is_written: Signal<bool>,
    on_begin: Callback<()>,
) -> impl IntoView {
    let word = move || if is_written.get() { "Edit" } else { "Write" };
    view! {
        <button
            type="button"
            class="btn small"
            id=format!("{}-edit", editing.id)
            aria-label=move || format!("{}: {of}", word())
            hidden=move || editing.is_on()
            on:click=move |_| {
                on_begin.run(());
                editing.begin();
            }
        >
            {word}
        </button>
    }
}

/// The end of a part's form: what is wrong, and the two buttons.
#[component]
pub fn FormEnd(problem: RwSignal<Option<String>>, on_cancel: Callback<()>) -> impl IntoView {
    view! {
        <p class="problem" role="alert">{move || problem.get()}</p>
        <div class="acts">
            <button type="submit" class="btn primary">"Save"</button>
            <button type="button" class="btn bare" on:click=move |_| on_cancel.run(())>"Cancel"</button>
        </div>
    }
}

/// That what was saved is not at the proxy yet.
#[component]
pub fn Waits(#[prop(into)] waits: Signal<bool>) -> impl IntoView {
    view! { <span class="field-state pending small" hidden=move || !waits.get()>"waiting to be sent"</span> }
}

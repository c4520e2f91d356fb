//! Drafts of notes and summaries: what was typed survives a reload, until it is sent.

use codee::string::FromToStringCodec;
use holdpoint_domain::session::SessionId;
use leptos::prelude::*;
use leptos_use_storage::use_local_storage;

/// A text that is being typed, stored in localStorage.
#[derive(Clone, Copy)]
pub struct Draft {
    pub text: Signal<String>,
    pub set_text: WriteSignal<String>,
    delete: Callback<()>,
}

impl Draft {
    /// The draft of a session's `note` or `summary`.
    pub fn of(session: SessionId, what: &str) -> Self {
        let (text, set_text, delete) =
            use_local_storage::<String, FromToStringCodec>(format!("holdpoint.draft.{session}.{what}"));
        Self {
            text,
            set_text,
            delete: Callback::new(move |()| delete()),
        }
    }

    pub fn clear(&self) {
        self.delete.run(());
    }
}

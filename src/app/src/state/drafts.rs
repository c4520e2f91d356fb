//! Drafts of notes and summaries: what was typed survives a reload, until it is sent.

use codee::string::FromToStringCodec;
use holdpoint_domain::session::SessionId;
use leptos::prelude::*;
use leptos_use_storage::use_local_storage;

/// A text that is being typed, kept in localStorage.
#[derive(Clone, Copy)]
pub struct Draft {
    /// What was typed so far.
    pub text: Signal<String>,
    /// Keeps what is typed.
    pub keep: WriteSignal<String>,
    forget: Callback<()>,
}

impl Draft {
    /// The draft of a session's `note` or `summary`.
    pub fn of(session: SessionId, what: &str) -> Self {
        let (text, keep, forget) =
            use_local_storage::<String, FromToStringCodec>(format!("holdpoint.draft.{session}.{what}"));
        Self {
            text,
            keep,
            forget: Callback::new(move |()| forget()),
        }
    }

    /// Forgets it: it was sent.
    pub fn sent(&self) {
        self.forget.run(());
    }
}

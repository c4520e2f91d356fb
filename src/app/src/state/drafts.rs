//! Drafts of notes and summaries: what was typed survives a reload, until it is sent.

use holdpoint_domain::session::SessionId;

use super::settings::{forget, read, write};

fn key(session: SessionId, what: &str) -> String {
    format!("holdpoint.draft.{session}.{what}")
}

/// What was typed and not sent; empty when there is nothing.
pub fn load(session: SessionId, what: &str) -> String {
    read(&key(session, what)).unwrap_or_default()
}

/// Keeps what is being typed.
pub fn keep(session: SessionId, what: &str, text: &str) {
    if text.is_empty() {
        forget(&key(session, what));
    } else {
        write(&key(session, what), text);
    }
}

/// Forgets a draft that was sent.
pub fn done(session: SessionId, what: &str) {
    forget(&key(session, what));
}

//! A command on its way, as the outbox holds it and the browser keeps it.

use holdpoint_domain::session::{ClientCommand, SessionId};
use holdpoint_domain::wire::SendCommand;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A command on its way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its place in the order (UUID v7).
    pub key: Uuid,
    /// The session that it is for.
    pub session: SessionId,
    /// What is sent, unchanged however often.
    pub request: SendCommand,
    /// The proxy's reason not to accept it; the person has yet to see it.
    pub refused: Option<String>,
    /// It is in this browser's storage (or the storage refused, and the page says so): it may be sent.
    #[serde(skip, default = "kept")]
    pub kept: bool,
}

/// What is read from storage is in storage.
fn kept() -> bool {
    true
}

impl Entry {
    /// A command that was asked just now, with ids of its own.
    pub fn new(session: SessionId, actor: String, command: ClientCommand) -> Self {
        let request = SendCommand {
            id: Uuid::new_v4(),
            actor,
            command,
        };
        Self {
            key: Uuid::now_v7(),
            session,
            request,
            refused: None,
            kept: false,
        }
    }

    /// Whether it waits to be sent for this session.
    pub fn is_pending(&self, session: SessionId) -> bool {
        self.session == session && self.refused.is_none()
    }
}

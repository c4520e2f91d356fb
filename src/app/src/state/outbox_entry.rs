//! A command in the outbox, as the page holds it and IndexedDB stores it.

use holdpoint_domain::session::{ClientCommand, SessionId};
use holdpoint_domain::wire::SendCommand;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutboxEntry {
    /// UUID v7: its order is the order in which commands are sent.
    pub key: Uuid,
    pub session: SessionId,
    /// Sent unchanged, however often: the proxy tells a repetition by its id.
    pub request: SendCommand,
    /// Why the proxy refused it, until the person dismisses that.
    pub refused: Option<String>,
    /// It may be sent: it is in IndexedDB, or IndexedDB refused it and the page says so.
    #[serde(skip, default = "stored")]
    pub stored: bool,
}

/// What is read from storage is in storage.
fn stored() -> bool {
    true
}

impl OutboxEntry {
    /// A new command, with new ids.
    pub fn new(session: SessionId, actor: String, command: ClientCommand) -> Self {
        let request = SendCommand {
            id: Uuid::now_v7(),
            actor,
            command,
        };
        Self {
            key: Uuid::now_v7(),
            session,
            request,
            refused: None,
            stored: false,
        }
    }

    pub fn is_pending(&self, session: SessionId) -> bool {
        self.session == session && self.refused.is_none()
    }
}

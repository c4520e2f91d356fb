//! A command in the outbox, as the page holds it and IndexedDB stores it.

use chrono::{DateTime, TimeDelta, Utc};
use holdpoint_domain::session::{ClientCommand, SessionId};
use holdpoint_domain::wire::SendCommand;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How long after it was asked for a gate may be started. Later, nobody may be looking any more.
const START_WITHIN: TimeDelta = TimeDelta::seconds(5);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutboxEntry {
    /// UUID v7: its order is the order in which commands are sent.
    pub key: Uuid,
    pub session: SessionId,
    /// Sent unchanged, however often: the proxy tells a repetition by its id.
    pub request: SendCommand,
    /// Why the proxy refused it, until the person dismisses that.
    pub refused: Option<String>,
    /// The start of a gate that could not be sent when it was asked for. It is sent only if somebody asks again.
    #[serde(default)]
    pub not_run: bool,
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
            not_run: false,
            stored: false,
        }
    }

    /// It is to be sent as soon as that is possible.
    pub fn waits(&self) -> bool {
        self.refused.is_none() && !self.not_run
    }

    pub fn is_pending(&self, session: SessionId) -> bool {
        self.session == session && self.waits()
    }

    pub fn starts_gate(&self) -> bool {
        matches!(self.request.command, ClientCommand::RunGate { .. })
    }

    /// It would start a gate at a moment that nobody has chosen.
    pub fn is_too_late(&self, now: DateTime<Utc>) -> bool {
        self.starts_gate() && self.asked().is_none_or(|asked| now - asked > START_WITHIN)
    }

    /// When it was asked for, by this browser's clock: the key says it.
    pub fn asked(&self) -> Option<DateTime<Utc>> {
        let (seconds, nanos) = self.key.get_timestamp()?.to_unix();
        DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanos)
    }
}

#[cfg(test)]
mod tests {
    use uuid::{NoContext, Timestamp};

    use super::*;

    #[test]
    fn only_the_start_of_a_gate_is_too_late_after_some_seconds() {
        let key = Uuid::new_v7(Timestamp::from_unix(NoContext, 1_000, 0));
        let entry = |command| OutboxEntry {
            key,
            ..OutboxEntry::new(Uuid::nil(), "Ada".to_owned(), command)
        };
        let run = entry(ClientCommand::RunGate {
            step: "deploy".to_owned(),
            gate: "api-health".to_owned(),
        });
        let tick = entry(ClientCommand::Tick {
            step: "deploy".to_owned(),
        });
        let at = |seconds| DateTime::from_timestamp(seconds, 0).expect("a time");
        for (seconds, too_late) in [(1_000, false), (1_005, false), (1_006, true), (90_000, true)] {
            assert_eq!(run.is_too_late(at(seconds)), too_late, "{seconds}");
            assert!(!tick.is_too_late(at(seconds)));
        }
    }

    #[test]
    fn an_entry_that_an_older_page_stored_waits_to_be_sent() {
        let new = OutboxEntry::new(
            Uuid::nil(),
            "Ada".to_owned(),
            ClientCommand::Tick { step: "a".to_owned() },
        );
        let mut stored = serde_json::to_value(&new).expect("it can be written");
        stored.as_object_mut().expect("an object").remove("not_run");
        let read: OutboxEntry = serde_json::from_value(stored).expect("it can be read");
        assert!(read.waits());
    }
}

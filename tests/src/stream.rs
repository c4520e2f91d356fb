//! Following sessions over SSE.

use std::pin::Pin;
use std::time::Duration;

use futures::{Stream, StreamExt};
use holdpoint_domain::session::Record;
use holdpoint_domain::wire::{Live, SessionEnded, SessionLive};
use reqwest::Response;

use crate::{DriverError, Result};

/// One message of the stream.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// Something that happened, for good.
    Record(Box<Record>),
    /// Live output; it is not replayed.
    Live(Live),
    /// The same on a stream of several sessions.
    SessionLive(SessionLive),
    /// A stream of several sessions has no more of this one.
    Ended(SessionEnded),
}

type Bytes = Pin<Box<dyn Stream<Item = Result<Vec<u8>, reqwest::Error>> + Send>>;

/// A stream that is being read.
pub struct EventStream {
    bytes: Bytes,
    read: Vec<u8>,
    kind: Kind,
}

/// Of how many sessions a stream tells. The events of one that tells of several have no ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    OneSession,
    Several,
}

impl EventStream {
    pub(crate) fn new(answer: Response, kind: Kind) -> Self {
        let bytes = answer.bytes_stream().map(|piece| piece.map(|bytes| bytes.to_vec()));
        Self {
            bytes: Box::pin(bytes),
            read: Vec::new(),
            kind,
        }
    }

    /// The next message, comments and heartbeats left out. `None` when the proxy ended the stream.
    ///
    /// # Errors
    /// Nothing came in time, the connection broke, or the message is not of the contract.
    pub async fn next(&mut self, patience: Duration) -> Result<Option<Message>> {
        let next = tokio::time::timeout(patience, self.next_message()).await;
        next.unwrap_or_else(|_| {
            let seen = format!("Half read: {:?}", String::from_utf8_lossy(&self.read));
            Err(DriverError::TimedOut {
                what: "a message of the stream".into(),
                waited: patience,
                seen,
            })
        })
    }

    /// The next record, live output left out.
    ///
    /// # Errors
    /// As [`Self::next`], and when the stream ended.
    pub async fn next_record(&mut self, patience: Duration) -> Result<Record> {
        loop {
            match self.next(patience).await? {
                Some(Message::Record(record)) => return Ok(*record),
                Some(Message::Live(_) | Message::SessionLive(_)) => {}
                ended @ (Some(Message::Ended(_)) | None) => {
                    return Err(DriverError::Unexpected {
                        what: "The stream".into(),
                        found: format!("it ended: {ended:?}"),
                    });
                }
            }
        }
    }

    async fn next_message(&mut self) -> Result<Option<Message>> {
        loop {
            while let Some(end) = find(&self.read, b"\n\n") {
                let block: Vec<u8> = self.read.drain(..end + 2).collect();
                if let Some(message) = message(&String::from_utf8_lossy(&block), self.kind)? {
                    return Ok(Some(message));
                }
            }
            match self.bytes.next().await {
                Some(piece) => self.read.extend(piece?),
                None => return Ok(None),
            }
        }
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// Reads one block; `None` for comments.
fn message(block: &str, kind: Kind) -> Result<Option<Message>> {
    let (mut event, mut id, mut data) = ("message", None, String::new());
    for line in block.lines() {
        let Some((field, value)) = line.split_once(':') else {
            continue;
        };
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => event = value,
            "id" => id = value.parse::<u64>().ok(),
            "data" => {
                if !data.is_empty() {
                    data.push('\n');
                }
                data.push_str(value);
            }
            _ => {}
        }
    }
    // A heartbeat says no more than a comment does.
    if data.is_empty() || event == "heartbeat" {
        return Ok(None);
    }
    let wrong = |why: String| DriverError::Unexpected {
        what: "A message of the stream".into(),
        found: format!("{why} in {block}"),
    };
    let unreadable = |error: serde_json::Error| wrong(error.to_string());
    match event {
        "record" => {
            let record: Record = serde_json::from_str(&data).map_err(unreadable)?;
            if id != (kind == Kind::OneSession).then_some(record.seq) {
                return Err(wrong(format!("the id {id:?} is not the record's place {}", record.seq)));
            }
            Ok(Some(Message::Record(Box::new(record))))
        }
        "live" => Ok(Some(match kind {
            Kind::OneSession => Message::Live(serde_json::from_str(&data).map_err(unreadable)?),
            Kind::Several => Message::SessionLive(serde_json::from_str(&data).map_err(unreadable)?),
        })),
        "ended" => Ok(Some(Message::Ended(serde_json::from_str(&data).map_err(unreadable)?))),
        other => Err(wrong(format!("no such event as {other}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Message};

    fn message(block: &str) -> crate::Result<Option<Message>> {
        super::message(block, Kind::OneSession)
    }

    #[test]
    fn comments_are_no_messages_and_unknown_events_are_errors() {
        for silent in [": keep-alive\n\n", "event: heartbeat\ndata: {}\n\n"] {
            assert_eq!(message(silent).expect("reads"), None);
        }
        let wrong = message("event: surprise\ndata: {}\n\n").expect_err("there is no such event");
        assert!(wrong.to_string().contains("no such event as surprise"), "{wrong}");
    }

    #[test]
    fn a_record_carries_its_place_as_the_id() {
        let id = "0198c0de-0000-7000-8000-000000000001";
        let record = serde_json::json!({"v": 1, "session": id, "seq": 2, "at": "2026-11-26T18:00:00Z",
            "actor": {"kind": "proxy"}, "command": id, "prev": "", "hash": "",
            "event": {"type": "note_added", "step": null, "text": "x"}});
        let read = message(&format!("event: record\nid: 2\ndata: {record}\n\n")).expect("reads");
        assert!(matches!(read, Some(Message::Record(record)) if record.seq == 2));
        for wrong in ["id: 1\n", "id: two\n", ""] {
            let error = message(&format!("event: record\n{wrong}data: {record}\n\n")).expect_err(wrong);
            assert!(error.to_string().contains("is not the record's place 2"), "{error}");
        }
    }
}

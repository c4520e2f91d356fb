//! A session's events as their rows have them, held to what its own row says of them.

use std::sync::Arc;

use holdpoint_domain::session::{EVENT_VERSION, GENESIS, Record, SessionId};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{StoreError, UnreadableCause};

/// The session's last event by its own row; and an event's `seq`, JSON and hash, or nothing where there is no event after the
/// place. JSON and hash are read as bytes, because one that is not even text is an error of its session and not of the reading.
pub(super) type EventRow = (i64, Option<i64>, Option<Vec<u8>>, Option<Vec<u8>>);

/// A session's events after a place, at most so many; no row at all where there is no session.
pub(super) const EVENTS: &str = "SELECT last_seq, seq, CAST(record AS BLOB), CAST(hash AS BLOB) FROM sessions \
                                 LEFT JOIN events ON session = id AND seq > ?2 WHERE id = ?1 ORDER BY seq LIMIT ?3";

/// A page of [`EVENTS`] in one row: the session's last event by its own row, how many events there are with the first and the last `seq`, and
/// the JSON and the hashes of the events, each in a line.
pub(super) type PageRow = (
    Option<i64>,
    i64,
    Option<i64>,
    Option<i64>,
    Option<Vec<u8>>,
    Option<Vec<u8>>,
);

/// The same events as [`EVENTS`] has, in one row: to hand rows over one by one takes longer than to read them.
pub(super) const PAGE: &str = "SELECT max(last_seq), count(seq), min(seq), max(seq), group_concat(record, char(10)), \
                               group_concat(hash, char(10)) FROM (SELECT last_seq, seq, record, hash FROM sessions LEFT JOIN events ON session = id AND seq > ?2 \
                               WHERE id = ?1 ORDER BY seq LIMIT ?3)";

/// The rows of [`EVENTS`] out of that of [`PAGE`], if they are as they must be: one after another, with a line each. Whether they
/// are, and what is wrong, [`read_page`] says.
pub(super) fn rows_of(
    after: i64,
    (last, count, first_seq, last_seq, records, hashes): PageRow,
) -> Option<Vec<EventRow>> {
    let (last, records, hashes) = (last?, records?, hashes?);
    let lines = |text: &[u8]| -> Vec<Vec<u8>> { text.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect() };
    let (records, hashes) = (lines(&records), lines(&hashes));
    let is_one_after_another = first_seq == Some(after.saturating_add(1))
        && last_seq == Some(after.saturating_add(count))
        && usize::try_from(count) == Ok(records.len());
    let are_pairs = is_one_after_another && records.len() == hashes.len();
    let pairs = records.into_iter().zip(hashes);
    let row = |(seq, (record, hash))| (last, Some(seq), Some(record), Some(hash));
    are_pairs.then(|| (after.saturating_add(1)..).zip(pairs).map(row).collect())
}

/// The session's last event by its own row, and the last that is there.
pub(super) const ENDS: &str =
    "SELECT last_seq, (SELECT max(seq) FROM events WHERE session = id) FROM sessions WHERE id = ?";

/// What is read of a record, and is held to its row.
pub(super) trait Linked: DeserializeOwned {
    fn link(&self) -> Link<'_>;
}

/// What a row says of its record, too, and what its place in the chain is told by.
pub(super) struct Link<'a> {
    version: u16,
    session: SessionId,
    seq: u64,
    prev: &'a str,
    hash: &'a str,
}

impl Linked for Record {
    fn link(&self) -> Link<'_> {
        Link {
            version: self.v,
            session: self.session,
            seq: self.seq,
            prev: &self.prev,
            hash: &self.hash,
        }
    }
}

/// A record of which what happened is passed over.
#[derive(Debug, Deserialize)]
pub(super) struct Envelope {
    v: u16,
    session: SessionId,
    seq: u64,
    prev: String,
    hash: String,
}

impl Linked for Envelope {
    fn link(&self) -> Link<'_> {
        Link {
            version: self.v,
            session: self.session,
            seq: self.seq,
            prev: &self.prev,
            hash: &self.hash,
        }
    }
}

/// An event as it was read, and its JSON.
pub(super) struct ReadEvent<R> {
    pub read: R,
    pub json: String,
}

/// The events of [`EVENTS`], each with its JSON, if they are all that there must be: one after another from the place on, up to the
/// limit or to the last one of the session's row, which is at least the first.
pub(super) fn read_page<R: Linked>(
    session: SessionId,
    after: i64,
    limit: u32,
    rows: Vec<EventRow>,
) -> Result<Vec<ReadEvent<R>>, StoreError> {
    let unreadable = |seq, source| StoreError::Unreadable { session, seq, source };
    let mut page: Vec<ReadEvent<R>> = Vec::with_capacity(rows.len());
    let (mut at, mut must_reach) = (after, after);
    for (last, seq, json, hash) in rows {
        must_reach = last.max(1);
        let (Some(seq), Some(json), Some(hash)) = (seq, json, hash) else {
            break;
        };
        if seq > last {
            return Err(unreadable(seq, UnreadableCause::BeyondLast { last }));
        }
        if seq != at.saturating_add(1) {
            return Err(unreadable(at.saturating_add(1), UnreadableCause::Missing));
        }
        let event = read::<R>(session, seq, json)?;
        let link = event.read.link();
        if link.hash.as_bytes() != hash {
            return Err(unreadable(seq, UnreadableCause::WrongHash));
        }
        let prev = match page.last() {
            Some(before) => Some(before.read.link().hash),
            None => (seq == 1).then_some(GENESIS),
        };
        if prev.is_some_and(|prev| prev != link.prev) {
            return Err(unreadable(seq, UnreadableCause::Unchained));
        }
        page.push(event);
        at = seq;
    }
    if page.len() < limit as usize && at < must_reach {
        return Err(unreadable(at.saturating_add(1), UnreadableCause::Missing));
    }
    Ok(page)
}

/// Where the session ends, if its row and its events agree.
pub(super) fn read_end(session: SessionId, (last, there): (i64, Option<i64>)) -> Result<u64, StoreError> {
    let there = there.unwrap_or(0);
    match u64::try_from(last) {
        Ok(end) if last == there && end > 0 => Ok(end),
        _ if there > last => {
            let (seq, source) = (last.max(0).saturating_add(1), UnreadableCause::BeyondLast { last });
            Err(StoreError::Unreadable { session, seq, source })
        }
        _ => {
            let (seq, source) = (there.saturating_add(1), UnreadableCause::Missing);
            Err(StoreError::Unreadable { session, seq, source })
        }
    }
}

/// An event as its row has it.
fn read<R: Linked>(session: SessionId, seq: i64, json: Vec<u8>) -> Result<ReadEvent<R>, StoreError> {
    let unreadable = |source| StoreError::Unreadable { session, seq, source };
    let no_event = |error| unreadable(UnreadableCause::Json(Arc::new(error)));
    let json = String::from_utf8(json).map_err(|error| no_event(serde::de::Error::custom(error.utf8_error())))?;
    let read: R = serde_json::from_str(&json).map_err(no_event)?;
    let link = read.link();
    if link.version > EVENT_VERSION {
        let (found, known) = (link.version, EVENT_VERSION);
        return Err(unreadable(UnreadableCause::Newer { found, known }));
    }
    if link.session != session || i64::try_from(link.seq) != Ok(seq) {
        let (session, seq) = (link.session, link.seq);
        return Err(unreadable(UnreadableCause::Misplaced { session, seq }));
    }
    Ok(ReadEvent { read, json })
}

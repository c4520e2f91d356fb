//! A session's events as their rows have them, held to what its own row says of them.

use std::sync::Arc;

use holdpoint_domain::session::{EVENT_VERSION, GENESIS, Record, SessionId};

use super::{StoreError, UnreadableCause};

/// The session's last event by its own row; and an event's `seq`, JSON and hash, or nothing where there is no event after the
/// place. JSON and hash are read as bytes, because one that is not even text is an error of its session and not of the reading.
pub(super) type EventRow = (i64, Option<i64>, Option<Vec<u8>>, Option<Vec<u8>>);

/// A session's events after a place, at most so many; no row at all where there is no session.
pub(super) const EVENTS: &str = "SELECT last_seq, seq, CAST(record AS BLOB), CAST(hash AS BLOB) FROM sessions \
                                 LEFT JOIN events ON session = id AND seq > ?2 WHERE id = ?1 ORDER BY seq LIMIT ?3";

/// The session's last event by its own row, and the last that is there.
pub(super) const ENDS: &str =
    "SELECT last_seq, (SELECT max(seq) FROM events WHERE session = id) FROM sessions WHERE id = ?";

/// The events of [`EVENTS`], each with its JSON, if they are all that there must be: one after another from the place on, up to the
/// limit or to the last one of the session's row, which is at least the first.
pub(super) fn read_page(
    session: SessionId,
    after: i64,
    limit: u32,
    rows: Vec<EventRow>,
) -> Result<Vec<(Record, Vec<u8>)>, StoreError> {
    let unreadable = |seq, source| StoreError::Unreadable { session, seq, source };
    let mut page: Vec<(Record, Vec<u8>)> = Vec::with_capacity(rows.len());
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
        let record = read(session, seq, &json)?;
        if record.hash.as_bytes() != hash {
            return Err(unreadable(seq, UnreadableCause::WrongHash));
        }
        let prev = match page.last() {
            Some((before, _)) => Some(before.hash.as_str()),
            None => (seq == 1).then_some(GENESIS),
        };
        if prev.is_some_and(|prev| prev != record.prev) {
            return Err(unreadable(seq, UnreadableCause::Unchained));
        }
        page.push((record, json));
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
fn read(session: SessionId, seq: i64, json: &[u8]) -> Result<Record, StoreError> {
    let unreadable = |source| StoreError::Unreadable { session, seq, source };
    let record: Record =
        serde_json::from_slice(json).map_err(|error| unreadable(UnreadableCause::Json(Arc::new(error))))?;
    if record.v > EVENT_VERSION {
        let (found, known) = (record.v, EVENT_VERSION);
        return Err(unreadable(UnreadableCause::Newer { found, known }));
    }
    if record.session != session || i64::try_from(record.seq) != Ok(seq) {
        let (session, seq) = (record.session, record.seq);
        return Err(unreadable(UnreadableCause::Misplaced { session, seq }));
    }
    Ok(record)
}

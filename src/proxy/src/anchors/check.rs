//! Whether logs are still those that were anchored.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use holdpoint_domain::session::{Chain, SessionId};
use holdpoint_report::Log;
use serde_json::Value;
use tokio::task::{JoinError, spawn_blocking};

use super::Anchor;
use crate::exports::stored_log::StoredLog;
use crate::store::{Store, StoreError};

/// What is not as it was anchored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Finding {
    #[error(
        "session {session}: its log was cut. It ends with event {found}, and on {} event {seq} was anchored",
        at.format("%Y-%m-%d at %H:%M:%S UTC")
    )]
    Cut {
        session: SessionId,
        seq: u64,
        found: u64,
        at: DateTime<Utc>,
    },
    #[error(
        "session {session}: its log was rebuilt. Event {seq} does not have the hash that was anchored on {}, so that something up to \
         it was changed and sealed anew",
        at.format("%Y-%m-%d at %H:%M:%S UTC")
    )]
    Rebuilt {
        session: SessionId,
        seq: u64,
        at: DateTime<Utc>,
    },
    #[error("session {session}: it is gone. On {} its event {seq} was anchored", at.format("%Y-%m-%d at %H:%M:%S UTC"))]
    Gone {
        session: SessionId,
        seq: u64,
        at: DateTime<Utc>,
    },
    #[error("session {session}: its log cannot be read, or does not hold: {reason}")]
    Broken { session: SessionId, reason: String },
}

/// The first anchor that a log with these hashes is not like. `found` is its last event, and `hashes` has the anchored places of it.
#[must_use]
pub fn compare(anchors: &[&Anchor], found: u64, hashes: &BTreeMap<u64, String>) -> Option<Finding> {
    let mut of_place: Vec<&&Anchor> = anchors.iter().collect();
    of_place.sort_by_key(|anchor| anchor.seq);
    let wrong = of_place
        .into_iter()
        .find(|anchor| hashes.get(&anchor.seq).is_none_or(|hash| *hash != anchor.hash))?;
    let (session, seq, at) = (wrong.session, wrong.seq, wrong.at);
    Some(match seq > found {
        true => Finding::Cut {
            session,
            seq,
            found,
            at,
        },
        false => Finding::Rebuilt { session, seq, at },
    })
}

/// Holds every session of a database that has an anchor against its anchors. Each log is read and its chain checked, because an
/// anchor says nothing of what stands before it unless the chain leads there.
///
/// # Errors
/// Reading panicked, or the runtime ended under it.
pub async fn check_database(store: &Arc<dyn Store>, anchors: &[Anchor]) -> Result<Vec<Finding>, JoinError> {
    let mut by_session: BTreeMap<SessionId, Vec<&Anchor>> = BTreeMap::new();
    for anchor in anchors {
        by_session.entry(anchor.session).or_default().push(anchor);
    }
    let mut findings = Vec::new();
    for (session, anchors) in by_session {
        let head = match store.head(session).await {
            Ok(Some(head)) => head,
            Ok(None) => {
                let last = anchors.iter().max_by_key(|anchor| anchor.seq);
                findings.extend(last.map(|last| Finding::Gone {
                    session,
                    seq: last.seq,
                    at: last.at,
                }));
                continue;
            }
            Err(error) => {
                findings.push(broken(session, &error));
                continue;
            }
        };
        let log = StoredLog::new(Arc::clone(store), session, head);
        let places: BTreeSet<u64> = anchors.iter().map(|anchor| anchor.seq).collect();
        match spawn_blocking(move || hashes_of(&log, &places)).await? {
            Ok(hashes) => findings.extend(compare(&anchors, head, &hashes)),
            Err(reason) => findings.push(Finding::Broken { session, reason }),
        }
    }
    Ok(findings)
}

fn broken(session: SessionId, error: &StoreError) -> Finding {
    let reason = error.to_string();
    Finding::Broken { session, reason }
}

/// The hashes at these places of a log whose chain holds.
fn hashes_of(log: &dyn Log, places: &BTreeSet<u64>) -> Result<BTreeMap<u64, String>, String> {
    let mut chain = Chain::default();
    let mut hashes = BTreeMap::new();
    for text in log.texts() {
        let text = text.map_err(|error| error.to_string())?;
        let value: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        let record = chain
            .check(&value, || serde_json::from_str(&text))
            .map_err(|error| error.to_string())?;
        if places.contains(&record.seq) {
            hashes.insert(record.seq, record.hash);
        }
    }
    Ok(hashes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn anchor(seq: u64, hash: &str) -> Anchor {
        Anchor {
            at: DateTime::UNIX_EPOCH,
            session: SessionId::from_u128(7),
            seq,
            hash: hash.to_owned(),
        }
    }

    #[test]
    fn a_log_that_is_shorter_or_has_another_hash_is_named() {
        let (session, at) = (SessionId::from_u128(7), DateTime::UNIX_EPOCH);
        let (three, five) = (anchor(3, "c"), anchor(5, "e"));
        let hashes = |pairs: &[(u64, &str)]| pairs.iter().map(|(seq, hash)| (*seq, (*hash).to_owned())).collect();
        let anchors = [&five, &three];
        assert_eq!(compare(&anchors, 8, &hashes(&[(3, "c"), (5, "e")])), None);
        assert_eq!(compare(&anchors, 5, &hashes(&[(3, "c"), (5, "e")])), None);
        assert_eq!(
            compare(&anchors, 4, &hashes(&[(3, "c")])),
            Some(Finding::Cut {
                session,
                seq: 5,
                found: 4,
                at
            })
        );
        // The first place that differs is where to look, whatever is wrong after it.
        assert_eq!(
            compare(&anchors, 4, &hashes(&[(3, "x")])),
            Some(Finding::Rebuilt { session, seq: 3, at })
        );
        assert_eq!(
            compare(&anchors, 9, &hashes(&[(3, "c"), (5, "x")])),
            Some(Finding::Rebuilt { session, seq: 5, at })
        );
    }
}

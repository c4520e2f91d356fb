//! The log in the order in which events became durable, over all sessions, and how far each target of notifications has been told of
//! it.

use chrono::{DateTime, Utc};
use holdpoint_domain::session::SessionId;
use sqlx::types::Json;

use super::SqliteStore;
use crate::store::StoreError;

/// An event, as far as it must be known to tell whether anybody is notified of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry {
    /// Its place among all events.
    pub position: i64,
    pub session: SessionId,
    pub seq: u64,
    /// `hold_placed`.
    pub kind: String,
}

/// Events after a place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogPage {
    /// Those of the kinds that were asked for, in order.
    pub entries: Vec<LogEntry>,
    /// The last place that was looked at; none where there is nothing after the given one.
    pub end: Option<i64>,
}

/// How far a target has been told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetRow {
    pub position: i64,
    /// Messages that were given up since the target was declared first.
    pub given_up: u64,
    pub given_up_at: Option<DateTime<Utc>>,
    pub given_up_why: Option<String>,
}

/// A damaged row is one that tells nothing.
type EntryRow = (i64, Vec<u8>, i64, Option<String>);

const AFTER: &str = "SELECT rowid, CAST(session AS BLOB), seq, \
     CASE WHEN json_valid(record) THEN record ->> '$.event.type' END FROM events WHERE rowid > ? ORDER BY rowid LIMIT ?";

impl SqliteStore {
    /// The next events after a place, at most `limit` of them are looked at.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn log_after(&self, position: i64, limit: u32, kinds: &[&str]) -> Result<LogPage, StoreError> {
        let rows: Vec<EntryRow> = sqlx::query_as(AFTER)
            .bind(position)
            .bind(limit)
            .fetch_all(&self.pool)
            .await?;
        let end = rows.last().map(|(position, ..)| *position);
        let entry = |(position, session, seq, kind): EntryRow| {
            let kind = kind.filter(|kind| kinds.contains(&kind.as_str()))?;
            Some(LogEntry {
                position,
                session: String::from_utf8(session).ok()?.parse().ok()?,
                seq: seq.try_into().ok()?,
                kind,
            })
        };
        Ok(LogPage {
            entries: rows.into_iter().filter_map(entry).collect(),
            end,
        })
    }

    /// How far a target has been told. One that was not known is told of what comes from now on.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn notification_target(&self, name: &str) -> Result<TargetRow, StoreError> {
        sqlx::query(
            "INSERT INTO notification_targets (name, position) VALUES (?, (SELECT coalesce(max(rowid), 0) FROM events)) \
             ON CONFLICT (name) DO NOTHING",
        )
        .bind(name)
        .execute(&self.pool)
        .await?;
        let (position, given_up, at, why): (i64, i64, Option<String>, Option<String>) = sqlx::query_as(
            "SELECT position, given_up, given_up_at, given_up_why FROM notification_targets WHERE name = ?",
        )
        .bind(name)
        .fetch_one(&self.pool)
        .await?;
        Ok(TargetRow {
            position,
            given_up: given_up.unsigned_abs(),
            given_up_at: at.and_then(|at| at.parse().ok()),
            given_up_why: why,
        })
    }

    /// Keeps how far a target has been told.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn keep_notification_target(&self, name: &str, row: &TargetRow) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE notification_targets SET position = ?, given_up = ?, given_up_at = ?, given_up_why = ? WHERE name = ?",
        )
        .bind(row.position)
        .bind(i64::try_from(row.given_up).unwrap_or(i64::MAX))
        .bind(row.given_up_at.map(|at| at.to_rfc3339()))
        .bind(row.given_up_why.as_deref())
        .bind(name)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Forgets targets that are not declared any more, so that one that comes back is not told of what happened in between.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn forget_other_notification_targets(&self, declared: &[&str]) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM notification_targets WHERE name NOT IN (SELECT value FROM json_each(?))")
            .bind(Json(declared))
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

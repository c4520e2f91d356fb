//! Asking the SQLite file.

use std::collections::HashSet;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use holdpoint_domain::session::SessionId;
use holdpoint_domain::wire::{FoundSessions, ProcedureChoice, SessionBrief, SessionChoices, SessionFilter};
use sqlx::QueryBuilder;
use sqlx::types::Json;
use tokio::sync::SemaphorePermit;
use tokio::task::spawn_blocking;

use super::super::brief::{LISTED, ListedRow, listed, rollback_of_row};
use super::super::error::is_damage;
use super::super::{SqliteStore, StoreError};
use super::filter::{TextBy, push_condition};
use super::{COUNT_LIMIT, DigestPart, History, Kept, KeptDigest};

/// Procedures and environments that are offered, at most.
const CHOICES: u32 = 500;

const NEWEST_FIRST: &str = " ORDER BY s.started DESC, s.id DESC LIMIT ";
/// The same, read off the index of a procedure's sessions in an environment.
const NEWEST_OF_PROCEDURE: &str = " ORDER BY h.started DESC, h.session DESC LIMIT ";

/// Searches at the same time. Connections are left for whoever works on a session.
pub(in crate::store) const SEARCHES: usize = 2;
/// How long a search waits for its turn.
const TURN: Duration = Duration::from_secs(5);

/// A row of [`History::digests`]: the session's id, whether it is closed, whether it is a rehearsal, whether it was undone, and its
/// digest.
type KeptRow = (Vec<u8>, bool, Option<bool>, bool, Option<Vec<u8>>);

impl SqliteStore {
    async fn turn(&self) -> Result<SemaphorePermit<'_>, StoreError> {
        match tokio::time::timeout(TURN, self.searches().acquire()).await {
            Ok(Ok(turn)) => Ok(turn),
            Ok(Err(_)) => Err(StoreError::Closed),
            Err(_) => Err(StoreError::Busy),
        }
    }

    async fn found(
        &self,
        filter: &SessionFilter,
        before: Option<SessionId>,
        limit: u32,
        by: TextBy,
        columns: &str,
    ) -> Result<FoundSessions, sqlx::Error> {
        let mut query = QueryBuilder::new(format!("SELECT {columns} FROM sessions WHERE id IN (SELECT s.id"));
        push_condition(&mut query, filter, before, by);
        // One more says whether there is another page.
        query.push(NEWEST_FIRST).push_bind(i64::from(limit) + 1);
        query.push(") ORDER BY started DESC, id DESC");
        let mut rows: Vec<ListedRow> = query.build_query_as().fetch_all(self.pool()).await?;
        let is_last = rows.len() <= limit as usize;
        rows.truncate(limit as usize);
        let last = rows.last().and_then(|row| String::from_utf8_lossy(&row.0).parse().ok());
        let mut counting = QueryBuilder::new("SELECT count(*) FROM (SELECT 1");
        push_condition(&mut counting, filter, None, by);
        counting.push(" LIMIT ").push_bind(i64::from(COUNT_LIMIT) + 1).push(")");
        let count: u32 = counting.build_query_scalar().fetch_one(self.pool()).await?;
        let sessions: Vec<SessionBrief> = rows.into_iter().filter_map(listed).collect();
        Ok(FoundSessions {
            linked: self.linked(&sessions, columns).await?,
            sessions,
            next: last.filter(|_| !is_last),
            total: count.min(COUNT_LIMIT),
            more_than_total: count > COUNT_LIMIT,
        })
    }

    /// The sessions that these undo or are undone by and that are not among them.
    async fn linked(&self, sessions: &[SessionBrief], columns: &str) -> Result<Vec<SessionBrief>, sqlx::Error> {
        let there: HashSet<SessionId> = sessions.iter().map(|one| one.id).collect();
        let others = sessions.iter().flat_map(|one| [one.undoes, one.undone_by]).flatten();
        let missing: HashSet<SessionId> = others.filter(|one| !there.contains(one)).collect();
        self.by_ids(missing, columns).await
    }

    async fn by_ids(&self, ids: HashSet<SessionId>, columns: &str) -> Result<Vec<SessionBrief>, sqlx::Error> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let query = format!("SELECT {columns} FROM sessions WHERE id IN (SELECT value FROM json_each(?))");
        let rows: Vec<ListedRow> = sqlx::query_as(sqlx::AssertSqlSafe(query))
            .bind(Json(ids))
            .fetch_all(self.pool())
            .await?;
        Ok(rows.into_iter().filter_map(listed).collect())
    }

    async fn kept(
        &self,
        filter: &SessionFilter,
        before: Option<SessionId>,
        limit: u32,
        part: DigestPart,
        by: TextBy,
    ) -> Result<Vec<KeptRow>, sqlx::Error> {
        // What is no JSON is given as it is, so that the session is said to be unreadable.
        let digest = match part {
            DigestPart::Whole => "digest",
            DigestPart::WithoutSteps => {
                "CASE WHEN json_valid(digest) THEN json_set(digest, '$.steps', json('[]')) ELSE digest END"
            }
        };
        let mut query = QueryBuilder::new(format!(
            "SELECT CAST(s.id AS BLOB), s.closed, h.rehearsal, \
             EXISTS (SELECT 1 FROM histories AS undoing WHERE undoing.undoes = s.id), \
             (SELECT CAST({digest} AS BLOB) FROM session_digests WHERE session = s.id)"
        ));
        push_condition(&mut query, filter, before, by);
        let of_procedure = filter.runbook.is_some() && filter.procedure.is_some() && filter.environment.is_some();
        query.push(if of_procedure {
            NEWEST_OF_PROCEDURE
        } else {
            NEWEST_FIRST
        });
        query.push_bind(limit);
        query.build_query_as().fetch_all(self.pool()).await
    }
}

fn kept((id, closed, rehearsal, undone, digest): KeptRow) -> Option<Kept> {
    // A row without an id was said to be so by the list.
    let session: SessionId = String::from_utf8_lossy(&id).parse().ok()?;
    let digest = match digest {
        _ if !closed => KeptDigest::Open,
        None => KeptDigest::Unreadable,
        Some(json) => match serde_json::from_slice(&json) {
            Ok(digest) => KeptDigest::Read(Box::new(digest)),
            Err(error) => {
                tracing::error!(%error, %session, "the session's digest cannot be read");
                KeptDigest::Unreadable
            }
        },
    };
    let of_digest = match &digest {
        KeptDigest::Read(digest) => Some(digest.rehearsal),
        KeptDigest::Open | KeptDigest::Unreadable => None,
    };
    Some(Kept {
        session,
        // Where neither tells it, nothing is known of the session, and it is counted as one that cannot be read.
        rehearsal: rehearsal.or(of_digest).unwrap_or(false),
        undone,
        digest,
    })
}

/// Ways to ask, from the usual one to the one that needs fewest indexes. The next is taken where the file is damaged.
const WAYS: [(TextBy, &str); 3] = [
    (TextBy::Index, LISTED[0]),
    (TextBy::Reading, LISTED[0]),
    (TextBy::Reading, LISTED[1]),
];

impl History for SqliteStore {
    fn rollback_of(&self, session: SessionId) -> BoxFuture<'_, Result<Option<SessionId>, StoreError>> {
        async move { Ok(rollback_of_row(self.pool(), session).await?) }.boxed()
    }

    fn briefs_of(&self, ids: HashSet<SessionId>) -> BoxFuture<'_, Result<Vec<SessionBrief>, StoreError>> {
        async move {
            let [(_, usual), others @ ..] = WAYS;
            let mut found = self.by_ids(ids.clone(), usual).await;
            for (_, columns) in others {
                match found {
                    Err(error) if is_damage(&error) => found = self.by_ids(ids.clone(), columns).await,
                    _ => break,
                }
            }
            Ok(found?)
        }
        .boxed()
    }

    fn search(
        &self,
        filter: SessionFilter,
        before: Option<SessionId>,
        limit: u32,
    ) -> BoxFuture<'_, Result<FoundSessions, StoreError>> {
        async move {
            let _turn = self.turn().await?;
            let [usual, others @ ..] = WAYS;
            let mut found = self.found(&filter, before, limit, usual.0, usual.1).await;
            for (by, columns) in others {
                match found {
                    Err(error) if is_damage(&error) => {
                        tracing::error!(%error, "an index of the database is damaged, so that searching takes longer");
                        found = self.found(&filter, before, limit, by, columns).await;
                    }
                    found => return Ok(found?),
                }
            }
            Ok(found?)
        }
        .boxed()
    }

    fn digests(
        &self,
        filter: SessionFilter,
        before: Option<SessionId>,
        limit: u32,
        part: DigestPart,
    ) -> BoxFuture<'_, Result<Vec<Kept>, StoreError>> {
        async move {
            // The few that a session's own page asks for wait for nobody.
            let _turn = match part {
                DigestPart::Whole => None,
                DigestPart::WithoutSteps => Some(self.turn().await?),
            };
            let rows = match self.kept(&filter, before, limit, part, TextBy::Index).await {
                Err(error) if is_damage(&error) => {
                    tracing::error!(%error, "an index of the database is damaged, so that searching takes longer");
                    self.kept(&filter, before, limit, part, TextBy::Reading).await?
                }
                rows => rows?,
            };
            // Many digests take a while to be read, and others wait on this thread.
            let read = spawn_blocking(move || rows.into_iter().filter_map(kept).collect()).await;
            read.map_err(|error| StoreError::Failed {
                reason: error.to_string(),
            })
        }
        .boxed()
    }

    fn choices(&self) -> BoxFuture<'_, Result<SessionChoices, StoreError>> {
        async move {
            let _turn = self.turn().await?;
            // As bytes, because a row that is not even text is no reason not to offer the others.
            let procedures: Vec<(Vec<u8>, Vec<u8>)> = sqlx::query_as(
                "SELECT DISTINCT CAST(runbook AS BLOB), CAST(procedure AS BLOB) FROM histories \
                 ORDER BY runbook, procedure LIMIT ?",
            )
            .bind(CHOICES)
            .fetch_all(self.pool())
            .await?;
            let environments: Vec<Vec<u8>> = sqlx::query_scalar(
                "SELECT DISTINCT CAST(environment AS BLOB) FROM histories ORDER BY environment LIMIT ?",
            )
            .bind(CHOICES)
            .fetch_all(self.pool())
            .await?;
            let procedures = procedures.into_iter().filter_map(|(runbook, procedure)| {
                Some(ProcedureChoice {
                    runbook: String::from_utf8(runbook).ok()?,
                    procedure: String::from_utf8(procedure).ok()?,
                })
            });
            Ok(SessionChoices {
                procedures: procedures.collect(),
                environments: environments
                    .into_iter()
                    .filter_map(|name| String::from_utf8(name).ok())
                    .collect(),
            })
        }
        .boxed()
    }
}

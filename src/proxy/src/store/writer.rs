//! The one writer: whoever waits together is committed together, so that one wait for the disk serves all of them.
//!
//! A transaction is one statement, which SQLite commits or undoes as a whole, so that none is ever left open; and it is one hop to
//! sqlx's thread and back, where every statement would be one. Where the sessions end is kept in memory; that nobody else wrote in the
//! meantime is shown by the tables' keys, which would be violated.

use std::collections::{HashMap, HashSet};

use holdpoint_domain::session::{CommandId, Event, GENESIS, SessionId};
use serde::Serialize;
use sqlx::types::Json;
use sqlx::{Connection, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use super::error::is_damage;
use super::history::{HISTORY_INCOMPLETE, Projection, write_projections};
use super::{Append, Appended, SessionAppend, StoreError};
use crate::gather::gather;

/// Requests in one transaction.
const MAX_BATCH: usize = 64;
/// Ends of sessions that are kept in memory. When there are more, all are forgotten, and read again when they are needed.
const MAX_CACHED_HEADS: usize = 10_000;
/// How often a transaction is tried when a key shows that what is kept in memory is not what is there.
const ATTEMPTS: u32 = 3;

/// What [`WRITE`] inserts into, on the writer's connection only.
const PREPARE: &str = "
    CREATE TEMP VIEW appends (sessions, events, commands, projections) AS SELECT NULL, NULL, NULL, NULL;
    CREATE TEMP TRIGGER write_appends INSTEAD OF INSERT ON appends BEGIN
        INSERT INTO sessions (id, started, last_seq, closed, brief, progress, progress_seq)
            SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 2
            FROM json_each(NEW.sessions) WHERE true
            ON CONFLICT (id) DO UPDATE SET last_seq = excluded.last_seq, closed = max(closed, excluded.closed),
                progress = excluded.progress, progress_seq = excluded.progress_seq;
        INSERT INTO events (session, seq, record, hash)
            SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(NEW.events);
        INSERT INTO commands (id, session, digest, first_seq, last_seq)
            SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(NEW.commands);
        INSERT INTO histories (session, made_by, started, runbook, procedure, kind, environment, rehearsal, undoes)
            SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
                value ->> 8
            FROM json_each(NEW.projections ->> 'histories');
        INSERT INTO session_people (name, session)
            SELECT value ->> 0, value ->> 1 FROM json_each(NEW.projections ->> 'people') WHERE true
            ON CONFLICT DO NOTHING;
        INSERT INTO session_texts (session, seq, text)
            SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(NEW.projections ->> 'texts');
        INSERT INTO session_digests (session, digest)
            SELECT value ->> 0, value ->> 2 FROM json_each(NEW.projections ->> 'digests');
        UPDATE histories SET outcome = ended.value ->> 1 FROM json_each(NEW.projections ->> 'digests') AS ended
            WHERE session = ended.value ->> 0;
    END;";
/// All of a transaction: the rows of sessions, events and commands, each as a JSON array of arrays, and those of what sessions are
/// found by.
const WRITE: &str = "INSERT INTO appends (sessions, events, commands, projections) VALUES (?, ?, ?, ?)";
/// Texts are recorded without being indexed from now on, until the database is opened the next time.
const END_INDEX: &str = "DROP TRIGGER IF EXISTS session_texts_are_indexed";

/// Writes as much as a large event has, and deletes it again. Each statement is a transaction of its own.
const TRIAL: &str = "
    INSERT OR REPLACE INTO writer_trial (id, bytes) VALUES (1, zeroblob(262144));
    DELETE FROM writer_trial;";

/// Somebody who waits for appends. One without any asks whether something can be written.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) appends: Vec<Append>,
    pub(super) answer: oneshot::Sender<Result<Vec<Appended>, StoreError>>,
}

/// A session's last event: its place and its hash.
type Heads = HashMap<SessionId, (u64, String)>;

/// Writes what is asked for.
pub(super) struct Writer {
    connection: SqliteConnection,
    heads: Heads,
}

impl Writer {
    pub(super) async fn new(mut connection: SqliteConnection) -> Result<Self, StoreError> {
        sqlx::raw_sql(PREPARE).execute(&mut connection).await?;
        Ok(Self {
            connection,
            heads: Heads::new(),
        })
    }

    /// Writes until nobody can ask any more.
    pub(super) async fn run(mut self, mut requests: mpsc::Receiver<Request>) {
        let mut waiting = Vec::with_capacity(MAX_BATCH);
        let mut last = 0;
        loop {
            gather(&requests, last).await;
            last = requests.recv_many(&mut waiting, MAX_BATCH).await;
            if last == 0 {
                break;
            }
            let appends: Vec<&Append> = waiting.iter().flat_map(|request| &request.appends).collect();
            let written = self.write_batch(&appends).await;
            let trial = match waiting.iter().any(|request| request.appends.is_empty()) {
                true => self.try_to_write().await,
                false => Ok(()),
            };
            if let Err(error) = &written {
                tracing::error!(%error, count = appends.len(), "appends were not written");
            }
            let mut answers = written.map(Vec::into_iter);
            for request in waiting.drain(..) {
                let answer = match &mut answers {
                    _ if request.appends.is_empty() => trial.clone().map(|()| Vec::new()),
                    Ok(answers) => Ok(answers.take(request.appends.len()).collect()),
                    Err(error) => Err(error.clone()),
                };
                // Somebody who went away has no use for the answer; what was written stays written.
                drop(request.answer.send(answer));
            }
        }
        if let Err(error) = self.connection.close().await {
            tracing::error!(%error, "the database could not be closed");
        }
    }

    /// Finds out whether the disk takes anything.
    async fn try_to_write(&mut self) -> Result<(), StoreError> {
        sqlx::raw_sql(TRIAL).execute(&mut self.connection).await?;
        Ok(())
    }

    /// Writes all in one transaction, but those that cannot be.
    async fn write_batch(&mut self, appends: &[&Append]) -> Result<Vec<Appended>, StoreError> {
        let mut known = HashSet::new();
        for attempt in 1.. {
            self.read_heads(appends).await?;
            let mut plan = Plan::of(appends, &self.heads, &known);
            let mut committed = self.commit(&plan).await;
            if let Err(error) = &committed
                && is_damage(error)
            {
                tracing::error!(%error, "the index of what people wrote may be damaged: events are recorded without it");
                if sqlx::query(END_INDEX).execute(&mut self.connection).await.is_ok() {
                    committed = self.commit(&plan).await;
                }
                if let Err(error) = &committed
                    && is_damage(error)
                {
                    tracing::error!(
                        %error,
                        "the tables that sessions are found by may be damaged: events are recorded without them, and the tables are made \
                         anew when the database is opened the next time"
                    );
                    committed = self.commit_events_only(&mut plan).await;
                }
            }
            match committed {
                Ok(()) => {
                    self.heads.extend(plan.heads);
                    // What is in memory may be what is wrong. Whoever tries again finds what is stored.
                    let conflicts = appends.iter().zip(&plan.answers);
                    for (append, _) in conflicts.filter(|(_, answer)| **answer == Appended::Conflict) {
                        for part in &append.parts {
                            self.heads.remove(&part.session);
                        }
                    }
                    return Ok(plan.answers);
                }
                Err(error) => {
                    // Whether it was written is not known, so that nothing in memory is right for sure.
                    self.heads.clear();
                    let taken = error
                        .as_database_error()
                        .is_some_and(|error| error.is_unique_violation());
                    if !taken || attempt == ATTEMPTS {
                        return Err(error.into());
                    }
                }
            }
            known = self.known(appends).await?;
        }
        Err(StoreError::Busy)
    }

    async fn commit(&mut self, plan: &Plan<'_>) -> Result<(), sqlx::Error> {
        if plan.accepted.is_empty() {
            return Ok(());
        }
        sqlx::query(WRITE)
            .bind(Json(plan.sessions()))
            .bind(Json(plan.events()))
            .bind(Json(plan.commands()))
            .bind(Json(plan.projections()))
            .execute(&mut self.connection)
            .await?;
        Ok(())
    }

    /// Commits the events without what sessions are found by, which was durably said to be incomplete before.
    async fn commit_events_only(&mut self, plan: &mut Plan<'_>) -> Result<(), sqlx::Error> {
        let mark = format!("PRAGMA user_version = {HISTORY_INCOMPLETE}");
        sqlx::raw_sql(sqlx::AssertSqlSafe(mark))
            .execute(&mut self.connection)
            .await?;
        plan.events_only = true;
        self.commit(plan).await
    }

    /// Reads where sessions end that are not in memory.
    async fn read_heads(&mut self, appends: &[&Append]) -> Result<(), StoreError> {
        if self.heads.len() > MAX_CACHED_HEADS {
            self.heads.clear();
        }
        let parts = appends.iter().flat_map(|append| &append.parts);
        let missing: HashSet<SessionId> = parts
            .map(|part| part.session)
            .filter(|session| !self.heads.contains_key(session))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let rows: Vec<(uuid::fmt::Hyphenated, i64, Option<String>)> = sqlx::query_as(
            "SELECT id, last_seq, hash FROM sessions LEFT JOIN events ON session = id AND seq = last_seq \
             WHERE id IN (SELECT value FROM json_each(?))",
        )
        .bind(Json(&missing))
        .fetch_all(&mut self.connection)
        .await?;
        for (id, last, hash) in rows {
            if let (Ok(last), Some(hash)) = (u64::try_from(last), hash) {
                self.heads.insert(id.into_uuid(), (last, hash));
            } else {
                // Other sessions are appended to in the same transaction, so that it is no error of theirs.
                tracing::error!(session = %id, last, "the session's last event is not there, so nothing is appended to it");
            }
        }
        Ok(())
    }

    /// Which of the commands were carried out before.
    async fn known(&mut self, appends: &[&Append]) -> Result<HashSet<CommandId>, StoreError> {
        let ids: Vec<CommandId> = appends.iter().map(|append| append.command).collect();
        let rows: Vec<uuid::fmt::Hyphenated> =
            sqlx::query_scalar("SELECT id FROM commands WHERE id IN (SELECT value FROM json_each(?))")
                .bind(Json(ids))
                .fetch_all(&mut self.connection)
                .await?;
        Ok(rows.into_iter().map(uuid::fmt::Hyphenated::into_uuid).collect())
    }
}

/// What one transaction writes.
struct Plan<'a> {
    /// What comes of each append, if the transaction is committed.
    answers: Vec<Appended>,
    accepted: Vec<&'a Append>,
    /// What sessions are found by is left out.
    events_only: bool,
    /// Where sessions end after it.
    heads: Heads,
}

/// A row of `sessions`: its id, when it began, its last event, whether it is closed, its brief and its progress. Of a row that is
/// there already, when it began and its brief are kept.
#[derive(Serialize)]
struct SessionColumns(SessionId, String, u64, u8, Option<String>, Option<String>);

impl<'a> Plan<'a> {
    fn of(appends: &[&'a Append], heads: &Heads, known: &HashSet<CommandId>) -> Self {
        let mut plan = Self {
            answers: Vec::with_capacity(appends.len()),
            accepted: Vec::with_capacity(appends.len()),
            events_only: false,
            heads: Heads::new(),
        };
        let mut commands = HashSet::new();
        for append in appends {
            let answer = if known.contains(&append.command) || commands.contains(&append.command) {
                Appended::Known
            } else if !append.parts.is_empty() && append.parts.iter().all(|part| plan.follows(part, heads)) {
                commands.insert(append.command);
                for part in &append.parts {
                    if let Some(last) = part.records.last() {
                        let head = (last.record.seq, last.record.hash.clone());
                        plan.heads.insert(part.session, head);
                    }
                }
                plan.accepted.push(append);
                Appended::Durable
            } else {
                Appended::Conflict
            };
            plan.answers.push(answer);
        }
        plan
    }

    /// Whether the events follow what is there, and each other. The hash is compared, too: an event may have the right number
    /// and yet have been made after another event than the one that got there first.
    fn follows(&self, part: &SessionAppend, heads: &Heads) -> bool {
        let head = self.heads.get(&part.session).or_else(|| heads.get(&part.session));
        let (mut seq, mut hash) = head.map_or((0, GENESIS), |(seq, hash)| (*seq, hash));
        for encoded in &*part.records {
            let record = &encoded.record;
            if record.session != part.session || record.seq != seq + 1 || record.prev != hash {
                return false;
            }
            (seq, hash) = (record.seq, &record.hash);
        }
        !part.records.is_empty()
    }

    fn parts(&self) -> impl Iterator<Item = &'a SessionAppend> {
        self.accepted.iter().flat_map(|append| &append.parts)
    }

    /// One row for each session. The first part that names it says how it began, and the last one how it stands.
    fn sessions(&self) -> Vec<SessionColumns> {
        let mut places: HashMap<SessionId, usize> = HashMap::new();
        let mut rows: Vec<(&SessionAppend, &SessionAppend, bool)> = Vec::new();
        for part in self.parts() {
            let is_close = |one: &super::EncodedRecord| matches!(one.record.event, Event::SessionClosed { .. });
            let closes = part.records.iter().any(is_close);
            let place = *places.entry(part.session).or_insert_with(|| {
                rows.push((part, part, false));
                rows.len() - 1
            });
            rows[place].1 = part;
            rows[place].2 |= closes;
        }
        let row = |(first, last, closes): (&SessionAppend, &SessionAppend, bool)| {
            let started = first.records.first()?.record.at;
            // Rows are ordered by this text, so that it always has the same length.
            let started = started.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
            let session = first.session;
            Some(SessionColumns(
                session,
                started,
                last.records.last()?.record.seq,
                u8::from(closes),
                first.brief.as_deref().and_then(|brief| json(session, brief)),
                last.progress.as_ref().and_then(|progress| json(session, progress)),
            ))
        };
        rows.into_iter().filter_map(row).collect()
    }

    fn events(&self) -> Vec<(SessionId, u64, &'a str, &'a str)> {
        self.parts()
            .flat_map(|part| &*part.records)
            .map(|one| (one.record.session, one.record.seq, &*one.json, &*one.record.hash))
            .collect()
    }

    fn projections(&self) -> impl Serialize + use<'a> {
        let parts = self.parts().filter(|_| !self.events_only);
        let projections: Vec<(SessionId, &'a Projection)> =
            parts.map(|part| (part.session, &*part.projection)).collect();
        write_projections(projections.into_iter())
    }

    fn commands(&self) -> Vec<(CommandId, SessionId, &'a str, u64, u64)> {
        let row = |append: &&'a Append| {
            let part = append.parts.first()?;
            let (first, last) = (part.records.first()?, part.records.last()?);
            let digest = append.digest.as_str();
            Some((append.command, part.session, digest, first.record.seq, last.record.seq))
        };
        self.accepted.iter().filter_map(row).collect()
    }
}

/// What the list says of a session. It is no reason not to record its events: what is missing is made when the database is
/// opened the next time.
fn json(session: SessionId, listed: &impl Serialize) -> Option<String> {
    match serde_json::to_string(listed) {
        Ok(text) => Some(text),
        Err(error) => {
            tracing::error!(%error, %session, "what the list says of the session cannot be written");
            None
        }
    }
}

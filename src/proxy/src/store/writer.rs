//! The one writer: whoever waits together is committed together, so that one wait for the disk serves all of them.

use std::collections::{HashMap, HashSet};

use holdpoint_domain::session::{CommandId, Event, GENESIS, SessionId};
use sqlx::{Connection, QueryBuilder, Sqlite, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use super::{Append, Appended, Part, StoreError};

/// Requests in one transaction. SQLite takes 32,766 bound values in a statement, and a request with its events needs far
/// fewer than a hundred.
const MOST_TOGETHER: usize = 256;
/// Rows in one statement, for the same reason.
const MOST_ROWS: usize = 2048;

/// Somebody who waits for an append.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) append: Append,
    pub(super) answer: oneshot::Sender<Result<Appended, StoreError>>,
}

/// Writes until nobody can ask any more.
pub(super) async fn write(mut connection: SqliteConnection, mut requests: mpsc::Receiver<Request>) {
    let mut waiting = Vec::with_capacity(MOST_TOGETHER);
    while requests.recv_many(&mut waiting, MOST_TOGETHER).await > 0 {
        let appends: Vec<&Append> = waiting.iter().map(|request| &request.append).collect();
        let written = write_together(&mut connection, &appends).await;
        let answers: Vec<Result<Appended, StoreError>> = match written {
            Ok(done) => done.into_iter().map(Ok).collect(),
            Err(error) => {
                tracing::error!(%error, count = waiting.len(), "appends were not written");
                waiting.iter().map(|_| Err(error.clone())).collect()
            }
        };
        for (request, answer) in waiting.drain(..).zip(answers) {
            // Somebody who went away has no use for the answer; what was written stays written.
            drop(request.answer.send(answer));
        }
    }
    if let Err(error) = connection.close().await {
        tracing::error!(%error, "the database could not be closed");
    }
}

/// Writes all in one transaction, but those that cannot be. Dropping the transaction undoes everything.
async fn write_together(connection: &mut SqliteConnection, appends: &[&Append]) -> Result<Vec<Appended>, StoreError> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let mut heads = heads(&mut transaction, appends).await?;
    let mut known = known(&mut transaction, appends).await?;
    let mut answers = Vec::with_capacity(appends.len());
    let mut accepted = Vec::with_capacity(appends.len());
    for append in appends {
        let answer = judge(append, &heads, &known);
        if answer == Appended::Durable {
            for part in &append.parts {
                if let Some(last) = part.records.last() {
                    heads.insert(part.session, (last.seq, last.hash.clone()));
                }
            }
            known.insert(append.command);
            accepted.push(*append);
        }
        answers.push(answer);
    }
    insert_sessions(&mut transaction, &accepted, &heads).await?;
    insert_events(&mut transaction, &accepted).await?;
    insert_commands(&mut transaction, &accepted).await?;
    transaction.commit().await?;
    Ok(answers)
}

/// A session's last event: its place and its hash.
type Heads = HashMap<SessionId, (u64, String)>;

/// Whether the events follow what is there, and each other. The hash is compared, too: an event may have the right number and
/// yet have been made after another event than the one that got there first.
fn judge(append: &Append, heads: &Heads, known: &HashSet<CommandId>) -> Appended {
    if known.contains(&append.command) {
        return Appended::Known;
    }
    let follows = |part: &Part| {
        let (mut seq, mut hash) = heads
            .get(&part.session)
            .map_or((0, GENESIS), |(seq, hash)| (*seq, hash));
        for record in &part.records {
            if record.session != part.session || record.seq != seq + 1 || record.prev != hash {
                return false;
            }
            (seq, hash) = (record.seq, &record.hash);
        }
        !part.records.is_empty()
    };
    if !append.parts.is_empty() && append.parts.iter().all(follows) {
        Appended::Durable
    } else {
        Appended::Conflict
    }
}

async fn heads(db: &mut SqliteConnection, appends: &[&Append]) -> Result<Heads, StoreError> {
    let parts = appends.iter().flat_map(|append| &append.parts);
    let sessions: HashSet<SessionId> = parts.map(|part| part.session).collect();
    let mut query = QueryBuilder::<Sqlite>::new(
        "SELECT id, last_seq, hash FROM sessions JOIN events ON session = id AND seq = last_seq WHERE id IN (",
    );
    let mut ids = query.separated(", ");
    for session in &sessions {
        ids.push_bind(session.to_string());
    }
    query.push(")");
    let rows: Vec<(String, i64, String)> = query.build_query_as().fetch_all(db).await?;
    let by_text: HashMap<String, SessionId> = sessions.into_iter().map(|id| (id.to_string(), id)).collect();
    Ok(rows
        .into_iter()
        .filter_map(|(id, last, hash)| Some((*by_text.get(&id)?, (u64::try_from(last).ok()?, hash))))
        .collect())
}

async fn known(db: &mut SqliteConnection, appends: &[&Append]) -> Result<HashSet<CommandId>, StoreError> {
    let mut query = QueryBuilder::<Sqlite>::new("SELECT id FROM commands WHERE id IN (");
    let mut ids = query.separated(", ");
    for append in appends {
        ids.push_bind(append.command.to_string());
    }
    query.push(")");
    let rows: Vec<(String,)> = query.build_query_as().fetch_all(db).await?;
    let rows: HashSet<String> = rows.into_iter().map(|(id,)| id).collect();
    Ok(appends
        .iter()
        .map(|append| append.command)
        .filter(|id| rows.contains(&id.to_string()))
        .collect())
}

async fn insert_sessions(db: &mut SqliteConnection, accepted: &[&Append], heads: &Heads) -> Result<(), StoreError> {
    // The first part that names a session says when it began; for one that is there already, only the projections change.
    let mut seen: HashMap<SessionId, usize> = HashMap::new();
    let mut rows: Vec<(&Part, bool)> = Vec::new();
    for part in accepted.iter().flat_map(|append| &append.parts) {
        let closes = part
            .records
            .iter()
            .any(|record| matches!(record.event, Event::SessionClosed { .. }));
        let at = *seen.entry(part.session).or_insert_with(|| {
            rows.push((part, false));
            rows.len() - 1
        });
        rows[at].1 |= closes;
    }
    for some in rows.chunks(MOST_ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new("INSERT INTO sessions (id, started, last_seq, closed) ");
        query.push_values(some, |mut row, (part, closes)| {
            let started = part.records[0].at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
            row.push_bind(part.session.to_string())
                .push_bind(started)
                .push_bind(column(heads[&part.session].0))
                .push_bind(*closes);
        });
        query.push(
            " ON CONFLICT (id) DO UPDATE SET last_seq = excluded.last_seq, closed = max(closed, excluded.closed)",
        );
        query.build().execute(&mut *db).await?;
    }
    Ok(())
}

async fn insert_events(db: &mut SqliteConnection, accepted: &[&Append]) -> Result<(), StoreError> {
    let records: Vec<_> = accepted
        .iter()
        .flat_map(|append| &append.parts)
        .flat_map(|part| &part.records)
        .collect();
    for some in records.chunks(MOST_ROWS) {
        let mut texts = Vec::with_capacity(some.len());
        for record in some {
            let text = serde_json::to_string(record);
            texts.push(text.map_err(|error| StoreError::Failed {
                reason: error.to_string(),
            })?);
        }
        let mut query = QueryBuilder::<Sqlite>::new("INSERT INTO events (session, seq, record, hash) ");
        query.push_values(some.iter().zip(texts), |mut row, (record, text)| {
            row.push_bind(record.session.to_string())
                .push_bind(column(record.seq))
                .push_bind(text)
                .push_bind(record.hash.clone());
        });
        query.build().execute(&mut *db).await?;
    }
    Ok(())
}

async fn insert_commands(db: &mut SqliteConnection, accepted: &[&Append]) -> Result<(), StoreError> {
    for some in accepted.chunks(MOST_ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new("INSERT INTO commands (id, session, digest, first_seq, last_seq) ");
        query.push_values(some, |mut row, append| {
            let part = &append.parts[0];
            let (first, last) = (part.records[0].seq, part.records[part.records.len() - 1].seq);
            row.push_bind(append.command.to_string())
                .push_bind(part.session.to_string())
                .push_bind(append.digest.clone())
                .push_bind(column(first))
                .push_bind(column(last));
        });
        query.build().execute(&mut *db).await?;
    }
    Ok(())
}

/// A place as SQLite keeps it. A session with more events than fit would take longer than the universe has.
fn column(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

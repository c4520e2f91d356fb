//! What the list says of each session: made from its state, and kept in its row.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use holdpoint_domain::session::{Record, SessionId, SessionOutcome, Standing, State};
use holdpoint_domain::wire::SessionBrief;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use sqlx::{Connection, SqliteConnection};

use super::{PAGE_SIZE, StoreError};

/// What the list says of a session. Nothing, if it has no start.
#[must_use]
pub fn brief_of(id: SessionId, state: &State) -> Option<SessionBrief> {
    let started = state.started.as_deref()?;
    let (done, steps) = state.progress();
    let short = |count| u32::try_from(count).unwrap_or(u32::MAX);
    Some(SessionBrief {
        id,
        runbook: started.runbook.clone(),
        runbook_title: started.runbook_title.clone(),
        procedure_title: started.procedure.title.clone(),
        environment_title: started.environment_title.clone(),
        production: started.production,
        rehearsal: started.rehearsal,
        version: started.version.clone(),
        git_sha: started.git_sha.clone(),
        captain: started.captain.clone(),
        started: state.started_at?,
        closed: state.closed.as_ref().map(|closed| closed.at),
        outcome: state.closed.as_ref().map(|closed| closed.outcome),
        standing: state.standing(),
        done: short(done),
        steps: short(steps),
        undoes: started.undoes,
        undone_by: state.rollback,
    })
}

/// The fields of a [`SessionBrief`] that events change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    closed: Option<DateTime<Utc>>,
    outcome: Option<SessionOutcome>,
    standing: Standing,
    done: u32,
    undone_by: Option<SessionId>,
}

impl Progress {
    /// What the list says of a session besides what it kept from its start. Nothing, if it has no start.
    #[must_use]
    pub fn of(state: &State) -> Option<Self> {
        state.started.as_ref()?;
        Some(Self {
            closed: state.closed.as_ref().map(|closed| closed.at),
            outcome: state.closed.as_ref().map(|closed| closed.outcome),
            standing: state.standing(),
            done: u32::try_from(state.progress().0).unwrap_or(u32::MAX),
            undone_by: state.rollback,
        })
    }

    fn put_into(self, brief: &mut SessionBrief) {
        let Self {
            closed,
            outcome,
            standing,
            done,
            undone_by,
        } = self;
        brief.closed = closed;
        brief.outcome = outcome;
        brief.standing = standing;
        brief.done = done;
        brief.undone_by = undone_by;
    }
}

/// A brief as its row has it.
pub(super) fn read_brief(brief: &str, progress: &str) -> Result<SessionBrief, serde_json::Error> {
    let mut read: SessionBrief = serde_json::from_str(brief)?;
    serde_json::from_str::<Progress>(progress)?.put_into(&mut read);
    Ok(read)
}

/// A session's id, its last event, the last one that its progress belongs to, its brief and its progress.
type Row = (String, i64, i64, Option<String>, Option<String>);

/// Makes the briefs that are missing, by folding their sessions: those of a database that was written before there were
/// briefs, and those that this version cannot read. A session that cannot be read itself is said to be so in the log, and gets
/// none.
pub(super) async fn complete(db: &mut SqliteConnection) -> Result<(), StoreError> {
    let rows: Vec<Row> = sqlx::query_as("SELECT id, last_seq, progress_seq, brief, progress FROM sessions")
        .fetch_all(&mut *db)
        .await?;
    let mut transaction = db.begin().await?;
    for (id, last_seq, progress_seq, brief, progress) in rows {
        let is_right = match (brief, progress) {
            (Some(brief), Some(progress)) => read_brief(&brief, &progress).is_ok(),
            (brief, progress) => brief.is_none() && progress.is_none(),
        };
        if progress_seq == last_seq && is_right {
            continue;
        }
        let made = match folded(&mut transaction, &id).await {
            Ok(state) => brief_of_row(&id, &state),
            Err(error @ StoreError::Unreadable { .. }) => {
                tracing::error!(%error, session = id, "the session cannot be read, so it is left out of the list");
                None
            }
            Err(error) => return Err(error),
        };
        let (brief, progress) = made.unzip();
        sqlx::query("UPDATE sessions SET brief = ?, progress = ?, progress_seq = last_seq WHERE id = ?")
            .bind(brief.map(Json))
            .bind(progress.map(Json))
            .bind(id)
            .execute(&mut *transaction)
            .await?;
    }
    Ok(transaction.commit().await?)
}

fn brief_of_row(id: &str, state: &State) -> Option<(SessionBrief, Progress)> {
    let session = id.parse().ok()?;
    Some((brief_of(session, state)?, Progress::of(state)?))
}

/// The state of a session; without a start if its row has no id that can be read.
async fn folded(db: &mut SqliteConnection, id: &str) -> Result<State, StoreError> {
    let Ok(session) = id.parse::<SessionId>() else {
        tracing::error!(
            session = id,
            "a row of the table of sessions has no id that can be read"
        );
        return Ok(State::default());
    };
    let mut state = State::default();
    let mut cursor = 0;
    loop {
        let rows: Vec<(i64, String)> =
            sqlx::query_as("SELECT seq, record FROM events WHERE session = ? AND seq > ? ORDER BY seq LIMIT ?")
                .bind(session.hyphenated())
                .bind(cursor)
                .bind(PAGE_SIZE)
                .fetch_all(&mut *db)
                .await?;
        let whole = rows.len() < PAGE_SIZE as usize;
        for (seq, text) in rows {
            state.apply(&read(session, seq, &text)?);
            cursor = seq;
        }
        if whole {
            return Ok(state);
        }
    }
}

/// An event as its row has it.
pub(super) fn read(session: SessionId, seq: i64, text: &str) -> Result<Record, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Unreadable {
        session,
        seq,
        source: Arc::new(error),
    })
}

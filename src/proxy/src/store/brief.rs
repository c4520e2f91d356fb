//! What the list says of each session: made from its state, and kept in its row.

use std::sync::Arc;

use holdpoint_domain::session::{Record, SessionId, State};
use holdpoint_domain::wire::SessionBrief;
use sqlx::{Connection, SqliteConnection};
use uuid::fmt::Hyphenated;

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

/// Makes the briefs that are missing, by folding their sessions: those of a database that was written before there were
/// briefs, and those that this version cannot read. A session that cannot be read itself is said to be so in the log, and gets
/// none.
pub(super) async fn complete(db: &mut SqliteConnection) -> Result<(), StoreError> {
    let rows: Vec<(String, i64, Option<String>, i64)> =
        sqlx::query_as("SELECT id, last_seq, brief, brief_seq FROM sessions")
            .fetch_all(&mut *db)
            .await?;
    let mut transaction = db.begin().await?;
    for (id, last_seq, brief, brief_seq) in rows {
        if brief_seq == last_seq && brief.is_none_or(|text| serde_json::from_str::<SessionBrief>(&text).is_ok()) {
            continue;
        }
        let brief = match folded(&mut transaction, &id).await {
            Ok(brief) => brief,
            Err(error @ StoreError::Unreadable { .. }) => {
                tracing::error!(%error, session = id, "the session cannot be read, so it is left out of the list");
                None
            }
            Err(error) => return Err(error),
        };
        sqlx::query("UPDATE sessions SET brief = ?, brief_seq = last_seq WHERE id = ?")
            .bind(brief.map(sqlx::types::Json))
            .bind(id)
            .execute(&mut *transaction)
            .await?;
    }
    Ok(transaction.commit().await?)
}

async fn folded(db: &mut SqliteConnection, id: &str) -> Result<Option<SessionBrief>, StoreError> {
    let Ok(session) = id.parse::<SessionId>() else {
        tracing::error!(
            session = id,
            "a row of the table of sessions has no id that can be read"
        );
        return Ok(None);
    };
    let mut state = State::default();
    let mut cursor = 0;
    loop {
        let rows: Vec<(i64, String)> =
            sqlx::query_as("SELECT seq, record FROM events WHERE session = ? AND seq > ? ORDER BY seq LIMIT ?")
                .bind(Hyphenated::from_uuid(session))
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
            return Ok(brief_of(session, &state));
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

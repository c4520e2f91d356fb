//! What the list says of each session: made from its state, and kept in its row.

use chrono::{DateTime, Utc};
use futures::TryStreamExt;
use holdpoint_domain::session::{Record, SessionId, SessionOutcome, Standing, State};
use holdpoint_domain::summary::{completed_unverified, given_up_maybe_live};
use holdpoint_domain::wire::SessionBrief;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use sqlx::{SqliteConnection, SqlitePool};

use super::error::{is_damage, while_reading};
use super::event_rows::{EVENTS, EventRow, ReadEvent, read_page};
use super::history::HISTORY_INCOMPLETE;
use super::{PAGE_SIZE, StoreError};

/// What the list says of a session. Nothing, if it has no start.
#[must_use]
pub fn brief_of(id: SessionId, state: &State) -> Option<SessionBrief> {
    let started = state.started.as_deref()?;
    let (_, steps) = state.progress();
    let short = |count| u32::try_from(count).unwrap_or(u32::MAX);
    Some(SessionBrief {
        id,
        runbook: started.runbook.clone(),
        runbook_title: started.runbook_title.clone(),
        procedure_title: started.procedure.title.clone(),
        kind: Some(started.acts_as()),
        environment_title: started.environment_title.clone(),
        production: started.production,
        rehearsal: started.rehearsal,
        drill: started.drill.is_some(),
        not_followed: short(state.not_followed.len()),
        version: started.version.clone(),
        git_sha: started.git_sha.clone(),
        captain: started.captain.clone(),
        started: state.started_at?,
        closed: state.closed.as_ref().map(|closed| closed.at),
        outcome: state.closed.as_ref().map(|closed| closed.outcome),
        standing: state.standing(),
        done: short(state.ticked_on_top()),
        steps: short(steps),
        left_out: state.left_something_out(),
        without_pass: state.went_on_without_pass(),
        maybe_live: given_up_maybe_live(state),
        unverified: completed_unverified(state),
        undoes: started.undoes,
        undone_by: state.rollback,
        unreadable: false,
    })
}

/// The fields of a [`SessionBrief`] that events change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    closed: Option<DateTime<Utc>>,
    outcome: Option<SessionOutcome>,
    standing: Standing,
    // A version that counted what was left out wrote it as `done`.
    #[serde(rename = "ticked")]
    done: u32,
    // No defaults: the row of a version that did not keep these cannot be read, so that its session is folded anew.
    left_out: bool,
    without_pass: bool,
    maybe_live: bool,
    unverified: bool,
    undone_by: Option<SessionId>,
    // A version that did not keep it recorded none.
    #[serde(default)]
    not_followed: u32,
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
            done: u32::try_from(state.ticked_on_top()).unwrap_or(u32::MAX),
            left_out: state.left_something_out(),
            without_pass: state.went_on_without_pass(),
            maybe_live: given_up_maybe_live(state),
            unverified: completed_unverified(state),
            undone_by: state.rollback,
            not_followed: u32::try_from(state.not_followed.len()).unwrap_or(u32::MAX),
        })
    }

    /// The session that undoes this one: the newest, which a closed session's own events do not name. Where nothing is known of the
    /// newest, they do.
    fn undone_by(&self, newest: Option<SessionId>) -> Option<SessionId> {
        match self.closed {
            Some(_) => newest.or(self.undone_by),
            None => self.undone_by.or(newest),
        }
    }

    fn put_into(self, brief: &mut SessionBrief) {
        let Self {
            closed,
            outcome,
            standing,
            done,
            left_out,
            without_pass,
            maybe_live,
            unverified,
            undone_by,
            not_followed,
        } = self;
        brief.closed = closed;
        brief.outcome = outcome;
        brief.standing = standing;
        brief.done = done;
        brief.left_out = left_out;
        brief.without_pass = without_pass;
        brief.maybe_live = maybe_live;
        brief.unverified = unverified;
        brief.undone_by = undone_by;
        brief.not_followed = not_followed;
    }
}

/// A brief as its row has it.
pub(super) fn read_brief(
    brief: &[u8],
    progress: &[u8],
    rollback: Option<SessionId>,
) -> Result<SessionBrief, serde_json::Error> {
    let mut read: SessionBrief = serde_json::from_slice(brief)?;
    let progress = serde_json::from_slice::<Progress>(progress)?;
    progress.put_into(&mut read);
    read.undone_by = progress.undone_by(rollback);
    Ok(read)
}

/// What the list shows of a row: its id, when it began, its brief, its progress, whether the progress is that of its last
/// event, which is the last that is there, and its newest rollback. Each is read by itself, as bytes, so that one that is damaged
/// harms no other.
pub(super) type ListedRow = (
    Vec<u8>,
    Vec<u8>,
    Option<Vec<u8>>,
    Option<Vec<u8>>,
    bool,
    Option<Vec<u8>>,
);

/// The columns of a [`ListedRow`]. Where the index over events is damaged, the second ones serve, which do not look whether the last
/// event is there, nor for a rollback.
pub(super) const LISTED: [&str; 2] = [
    "CAST(id AS BLOB), CAST(started AS BLOB), CAST(brief AS BLOB), CAST(progress AS BLOB), \
     progress_seq = last_seq AND last_seq IS (SELECT max(seq) FROM events WHERE session = id), \
     (SELECT CAST(session AS BLOB) FROM histories WHERE undoes = sessions.id ORDER BY started DESC, session DESC LIMIT 1)",
    "CAST(id AS BLOB), CAST(started AS BLOB), CAST(brief AS BLOB), CAST(progress AS BLOB), progress_seq = last_seq, NULL",
];

/// The rollback of a session, by one row. Where what is kept of sessions is damaged or known to be incomplete, by the starts of all
/// sessions, which takes longer.
pub(super) async fn rollback_of_row(db: &SqlitePool, session: SessionId) -> Result<Option<SessionId>, sqlx::Error> {
    match rollback_by(db, session, NEWEST_ROLLBACK).await {
        Ok(Found {
            complete: true,
            rollback,
        }) => return Ok(rollback),
        Ok(_) => {}
        Err(error) if is_damage(&error) => {
            tracing::error!(%error, %session, "the index of rollbacks is damaged, so that finding one takes longer");
        }
        Err(error) => return Err(error),
    }
    Ok(rollback_by(db, session, NEWEST_ROLLBACK_BY_STARTS).await?.rollback)
}

const NEWEST_ROLLBACK: &str =
    "SELECT CAST(session AS BLOB) FROM histories WHERE undoes = ?1 ORDER BY started DESC, session DESC LIMIT 1";
const NEWEST_ROLLBACK_BY_STARTS: &str = "SELECT CAST(id AS BLOB) FROM sessions AS other \
    WHERE CASE WHEN json_valid(other.brief) THEN other.brief ->> 'undoes' END = ?1 \
    ORDER BY other.started DESC, other.id DESC LIMIT 1";

/// What is known of a session's rollback.
struct Found {
    rollback: Option<SessionId>,
    /// Nothing is missing in the tables beside the events.
    complete: bool,
}

async fn rollback_by(db: &SqlitePool, session: SessionId, newest: &str) -> Result<Found, sqlx::Error> {
    type Columns = (Option<Vec<u8>>, Option<Vec<u8>>, i64);
    let query = format!(
        "SELECT CAST(progress AS BLOB), ({newest}), (SELECT user_version FROM pragma_user_version) FROM sessions WHERE id = ?1"
    );
    let row: Option<Columns> = sqlx::query_as(sqlx::AssertSqlSafe(query))
        .bind(session.hyphenated())
        .fetch_optional(db)
        .await?;
    let Some((progress, newest, version)) = row else {
        return Ok(Found {
            rollback: None,
            complete: true,
        });
    };
    let newest = newest.and_then(|id| String::from_utf8_lossy(&id).parse().ok());
    let progress = progress.and_then(|progress| serde_json::from_slice::<Progress>(&progress).ok());
    Ok(Found {
        rollback: match progress {
            Some(progress) => progress.undone_by(newest),
            None => newest,
        },
        complete: version != HISTORY_INCOMPLETE,
    })
}

/// What the list says of a row. Nothing, if the session has no start or the row no id. One that cannot be read stays in the list,
/// as far as it is known, and is marked.
pub(super) fn listed((id, started, brief, progress, current, rollback): ListedRow) -> Option<SessionBrief> {
    if current && brief.is_none() && progress.is_none() {
        return None;
    }
    let rollback = rollback.and_then(|id| String::from_utf8_lossy(&id).parse().ok());
    let read = brief.as_deref().zip(progress.as_deref());
    if let Some(Ok(brief)) = read
        .filter(|_| current)
        .map(|(brief, progress)| read_brief(brief, progress, rollback))
    {
        return Some(brief);
    }
    let Ok(id) = String::from_utf8_lossy(&id).parse() else {
        tracing::error!(session = %String::from_utf8_lossy(&id), "a row of the table of sessions has no id that can be read");
        return None;
    };
    let known = brief.and_then(|brief| serde_json::from_slice(&brief).ok());
    let mut known = known.unwrap_or_else(|| nameless(id, &started));
    known.unreadable = true;
    Some(known)
}

/// An entry of the list for a session of which nothing can be read but its row.
fn nameless(id: SessionId, started: &[u8]) -> SessionBrief {
    let started = DateTime::parse_from_rfc3339(&String::from_utf8_lossy(started)).ok();
    SessionBrief {
        id,
        runbook: String::new(),
        runbook_title: String::new(),
        procedure_title: "A session that cannot be read".to_owned(),
        kind: None,
        environment_title: String::new(),
        production: false,
        rehearsal: false,
        drill: false,
        not_followed: 0,
        version: String::new(),
        git_sha: String::new(),
        captain: String::new(),
        started: started.map(Into::into).unwrap_or_default(),
        closed: None,
        outcome: None,
        standing: Standing::Hold,
        done: 0,
        steps: 0,
        left_out: false,
        without_pass: false,
        maybe_live: false,
        unverified: false,
        undoes: None,
        undone_by: None,
        unreadable: true,
    }
}

/// Makes the briefs that are missing, by folding their sessions: those of a database that was written before there were
/// briefs, and those that this version cannot read. A session that cannot be read itself is said to be so in the log, and stays
/// without. Nothing of this is a reason not to start.
pub(super) async fn complete(db: &mut SqliteConnection) -> Result<(), StoreError> {
    for id in incomplete(db).await? {
        let completed = match folded(db, &id).await {
            Ok(state) => put(db, &id, brief_of_row(&id, &state)).await,
            Err(error) => {
                let marked = sqlx::query("UPDATE sessions SET progress_seq = 0 WHERE id = ?").bind(&id);
                let marked = marked.execute(&mut *db).await;
                tracing::error!(%error, session = id, "the session cannot be read; the list says so");
                marked.map(drop)
            }
        };
        if let Err(error) = completed {
            tracing::error!(%error, session = id, "what the list says of the session could not be written");
        }
    }
    Ok(())
}

/// The sessions whose briefs are missing or cannot be read.
async fn incomplete(db: &mut SqliteConnection) -> Result<Vec<String>, StoreError> {
    let [checked, unchecked] = LISTED.map(|columns| format!("SELECT {columns} FROM sessions"));
    match incomplete_by(db, checked).await {
        Err(error) if is_damage(&error) => {
            tracing::error!(%error, "which events are there cannot be seen");
            Ok(incomplete_by(db, unchecked).await?)
        }
        found => Ok(found?),
    }
}

async fn incomplete_by(db: &mut SqliteConnection, query: String) -> Result<Vec<String>, sqlx::Error> {
    let mut rows = sqlx::query_as::<_, ListedRow>(sqlx::AssertSqlSafe(query)).fetch(db);
    let mut incomplete = Vec::new();
    while let Some((id, _, brief, progress, current, _)) = rows.try_next().await? {
        let is_right = match (brief, progress) {
            (Some(brief), Some(progress)) => read_brief(&brief, &progress, None).is_ok(),
            (brief, progress) => brief.is_none() && progress.is_none(),
        };
        match String::from_utf8(id) {
            Ok(id) if !(current && is_right) => incomplete.push(id),
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "a row of the table of sessions has no id that can be read"),
        }
    }
    Ok(incomplete)
}

async fn put(db: &mut SqliteConnection, id: &str, made: Option<(SessionBrief, Progress)>) -> Result<(), sqlx::Error> {
    let (brief, progress) = made.unzip();
    let put = sqlx::query("UPDATE sessions SET brief = ?, progress = ?, progress_seq = last_seq WHERE id = ?");
    let put = put.bind(brief.map(Json)).bind(progress.map(Json)).bind(id);
    put.execute(db).await.map(drop)
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
        let rows: Vec<EventRow> = sqlx::query_as(EVENTS)
            .bind(session.hyphenated())
            .bind(cursor)
            .bind(PAGE_SIZE)
            .fetch_all(&mut *db)
            .await
            .map_err(|error| while_reading(session, cursor + 1, error))?;
        let page = read_page::<Record>(session, cursor, PAGE_SIZE, rows)?;
        for ReadEvent { read: record, .. } in &page {
            state.apply(record);
            cursor += 1;
        }
        if page.len() < PAGE_SIZE as usize {
            return Ok(state);
        }
    }
}

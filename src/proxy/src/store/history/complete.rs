//! Making what is missing when the database is opened.

use futures::TryStreamExt;
use holdpoint_domain::session::{Record, SessionId, State};
use sqlx::{Connection, SqliteConnection};

use super::super::error::{is_damage, while_reading};
use super::super::event_rows::{EVENTS, EventRow, ReadEvent, read_page};
use super::super::{PAGE_SIZE, StoreError};
use super::projection::{MADE_BY, Projection, ProjectionFold, put};

/// The sessions of which something is missing: those of a database that was written before there was this, by another version of the
/// fold, and those of which a row is damaged. What is known to be unreadable is not read again.
const INCOMPLETE: &str = "SELECT CAST(id AS BLOB) FROM sessions WHERE brief IS NOT NULL AND progress_seq = last_seq \
    AND (NOT EXISTS (SELECT 1 FROM histories WHERE session = id AND made_by = ?1 AND (outcome IS NULL) = (closed = 0)) \
    OR closed = 1 AND NOT EXISTS (SELECT 1 FROM session_digests WHERE session = id AND json_valid(digest)))";

/// Takes the place of the trigger and the index of the migration.
const INDEX_ANEW: &str = "
    DROP TRIGGER IF EXISTS session_texts_are_indexed;
    DROP TABLE IF EXISTS session_words;
    CREATE VIRTUAL TABLE session_words USING fts5 (
        text, content = 'session_texts', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
    );
    INSERT INTO session_words (session_words) VALUES ('rebuild');
    CREATE TRIGGER session_texts_are_indexed AFTER INSERT ON session_texts
    BEGIN
        INSERT INTO session_words (rowid, text) VALUES (NEW.id, NEW.text);
    END;";

/// What `user_version` says from the moment on at which events were recorded without what their sessions are found by.
pub(in crate::store) const HISTORY_INCOMPLETE: i64 = 1;

/// The tables as the migration makes them.
const TABLES: &str = include_str!("../../../migrations/0004_history.sql");

/// Forgets the tables without reading them, because one that is damaged cannot be dropped. Their pages stay in the file and are
/// never used again.
const FORGET_TABLES: &str = "
    PRAGMA writable_schema = ON;
    DELETE FROM sqlite_schema WHERE tbl_name IN ('histories', 'session_digests', 'session_people', 'session_texts')
        OR tbl_name = 'session_words' OR tbl_name LIKE 'session\\_words\\_%' ESCAPE '\\';
    PRAGMA writable_schema = RESET;";

/// Makes what is missing, by folding sessions. Nothing of this is a reason not to start.
pub(in crate::store) async fn complete(db: &mut SqliteConnection) -> Result<(), StoreError> {
    let version: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *db).await?;
    let damaged = match version == HISTORY_INCOMPLETE {
        true => true,
        false => complete_tables(db).await?,
    };
    if damaged {
        tracing::warn!("the tables that sessions are found by are damaged or incomplete, and are made anew");
        match anew(db).await {
            Ok(()) => {
                if complete_tables(db).await? {
                    tracing::error!("the tables that sessions are found by could not be filled");
                } else {
                    sqlx::raw_sql("PRAGMA user_version = 0").execute(&mut *db).await?;
                }
            }
            Err(error) => {
                tracing::error!(%error, "the tables that sessions are found by could not be made, so that not all sessions are found");
            }
        }
    }
    Ok(())
}

/// Makes the tables anew, all of them or none. That it was begun is kept, so that it is gone on with after a crash.
async fn anew(db: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let mark = format!("PRAGMA user_version = {HISTORY_INCOMPLETE}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(mark)).execute(&mut *db).await?;
    let mut transaction = db.begin().await?;
    sqlx::raw_sql(FORGET_TABLES).execute(&mut *transaction).await?;
    sqlx::raw_sql(TABLES).execute(&mut *transaction).await?;
    transaction.commit().await
}

/// Fills what is missing in the tables. True where one of them is damaged.
async fn complete_tables(db: &mut SqliteConnection) -> Result<bool, StoreError> {
    let indexed = is_indexed(db).await;
    if !matches!(indexed, Ok(true)) {
        tracing::warn!(error = ?indexed.err(), "the index of what people wrote is made anew");
        if let Err(error) = sqlx::raw_sql(INDEX_ANEW).execute(&mut *db).await {
            tracing::error!(%error, "the index of what people wrote could not be made, so that searching takes longer");
            if is_damage(&error) {
                return Ok(true);
            }
        }
    }
    let incomplete = match incomplete(db).await {
        Err(error) if is_damage(&error) => {
            tracing::error!(%error, "which sessions cannot be searched cannot be seen");
            return Ok(true);
        }
        found => found?,
    };
    for id in incomplete {
        match fold(db, id).await {
            Ok(projection) => match put(db, id, &projection).await {
                Ok(()) => {}
                Err(error) if is_damage(&error) => {
                    tracing::error!(%error, session = %id, "what the session is found by cannot be written");
                    return Ok(true);
                }
                Err(error) => tracing::error!(%error, session = %id, "the session cannot be searched"),
            },
            Err(error) => tracing::error!(%error, session = %id, "the session cannot be searched"),
        }
    }
    Ok(false)
}

/// Whether every text is in the index, and the next one will be.
async fn is_indexed(db: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    let query = "SELECT (SELECT count(*) FROM session_texts) = (SELECT count(*) FROM session_words_docsize) \
                 AND EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'session_texts_are_indexed')";
    sqlx::query_scalar(query).fetch_one(db).await
}

async fn incomplete(db: &mut SqliteConnection) -> Result<Vec<SessionId>, sqlx::Error> {
    let mut rows = sqlx::query_scalar::<_, Vec<u8>>(INCOMPLETE).bind(MADE_BY).fetch(db);
    let mut incomplete = Vec::new();
    while let Some(id) = rows.try_next().await? {
        // One that is no id was said to be so by the list.
        incomplete.extend(String::from_utf8_lossy(&id).parse::<SessionId>());
    }
    Ok(incomplete)
}

/// All that follows from a session's events.
async fn fold(db: &mut SqliteConnection, session: SessionId) -> Result<Projection, StoreError> {
    let (mut state, mut fold, mut made) = (State::default(), ProjectionFold::default(), Projection::default());
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
            fold.add(record, &state, &mut made);
            cursor += 1;
        }
        if page.len() < PAGE_SIZE as usize {
            return Ok(made);
        }
    }
}

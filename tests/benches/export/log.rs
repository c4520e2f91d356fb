//! A long log with a chain that holds, written straight into a proxy's database.

use std::path::Path;

use chrono::TimeDelta;
use holdpoint_domain::session::{Actor, Event, Record, seal};
use holdpoint_tests::{DriverError, Result};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, QueryBuilder, Sqlite};
use uuid::Uuid;

/// Rows in one statement.
const ROWS: u64 = 1_000;

/// Continues a session with notes until it has so many events. The proxy that the database belongs to is not running.
pub async fn fill(database: &Path, first: Vec<Record>, events: u64) -> Result<()> {
    let Some(mut last) = first.into_iter().last() else {
        return Err(unexpected("The session has no events."));
    };
    let session = last.session.to_string();
    let options = SqliteConnectOptions::new().filename(database);
    let mut connection = options
        .connect()
        .await
        .map_err(|error| unexpected(&error.to_string()))?;
    let written = async {
        let mut transaction = connection.begin().await?;
        while last.seq < events {
            let mut rows = Vec::new();
            for _ in 0..ROWS.min(events - last.seq) {
                last = note_after(&last).map_err(|error| sqlx::Error::Protocol(error.to_string()))?;
                let text = serde_json::to_string(&last).map_err(|error| sqlx::Error::Protocol(error.to_string()))?;
                rows.push((last.seq.cast_signed(), text, last.hash.clone()));
            }
            let mut query = QueryBuilder::<Sqlite>::new("INSERT INTO events (session, seq, record, hash) ");
            query.push_values(&rows, |mut row, (seq, text, hash)| {
                row.push_bind(&session).push_bind(seq).push_bind(text).push_bind(hash);
            });
            query.build().execute(&mut *transaction).await?;
        }
        sqlx::query("UPDATE sessions SET last_seq = ? WHERE id = ?")
            .bind(last.seq.cast_signed())
            .bind(&session)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        connection.close().await
    };
    written
        .await
        .map_err(|error: sqlx::Error| unexpected(&error.to_string()))
}

fn note_after(last: &Record) -> Result<Record, holdpoint_domain::session::ChainError> {
    let mut record = Record {
        v: last.v,
        session: last.session,
        seq: last.seq + 1,
        at: last.at + TimeDelta::milliseconds(250),
        actor: Actor::Person {
            name: "Robin Captain".to_owned(),
        },
        command: Uuid::new_v4(),
        event: Event::NoteAdded {
            step: None,
            text: format!(
                "Canary {} has taken its traffic for ten minutes, and looks good.",
                last.seq
            ),
            written: None,
        },
        prev: String::new(),
        hash: String::new(),
    };
    seal(&mut record, &last.hash)?;
    Ok(record)
}

fn unexpected(found: &str) -> DriverError {
    DriverError::Unexpected {
        what: "Writing a long log".to_owned(),
        found: found.to_owned(),
    }
}

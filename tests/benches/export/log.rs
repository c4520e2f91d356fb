//! A long log with a chain that holds, written straight into a proxy's database.

use std::path::Path;

use chrono::TimeDelta;
use holdpoint_domain::gate::{CheckResult, Outcome, Source, Verdict};
use holdpoint_domain::session::{Actor, Event, Record, seal};
use holdpoint_tests::{DriverError, Result};
use sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, QueryBuilder, Sqlite};
use uuid::Uuid;

/// Lines that a gate answers.
const OUTPUT_LINES: usize = 40;
/// Rows in one statement.
const ROWS: u64 = 1_000;

/// Continues a session until it has so many events: notes, and a run of a gate with its output in every hundred. The proxy that the database belongs to is not running.
pub async fn fill(database: &Path, first: Vec<Record>, events: u64) -> Result<()> {
    let Some(mut last) = first.into_iter().last() else {
        return Err(unexpected("The session has no events."));
    };
    let session = last.session.to_string();
    let options = SqliteConnectOptions::new()
        .filename(database)
        .synchronous(SqliteSynchronous::Off);
    let mut connection = options
        .connect()
        .await
        .map_err(|error| unexpected(&error.to_string()))?;
    let written = async {
        while last.seq < events {
            let mut rows = Vec::new();
            for _ in 0..ROWS.min(events - last.seq) {
                last = next_after(&last).map_err(|error| sqlx::Error::Protocol(error.to_string()))?;
                let text = serde_json::to_string(&last).map_err(|error| sqlx::Error::Protocol(error.to_string()))?;
                rows.push((last.seq.cast_signed(), text, last.hash.clone()));
            }
            let mut query = QueryBuilder::<Sqlite>::new("INSERT INTO events (session, seq, record, hash) ");
            query.push_values(&rows, |mut row, (seq, text, hash)| {
                row.push_bind(&session).push_bind(seq).push_bind(text).push_bind(hash);
            });
            // A transaction by itself, so that the write-ahead log stays small.
            query.build().execute(&mut connection).await?;
        }
        sqlx::query("UPDATE sessions SET last_seq = ? WHERE id = ?")
            .bind(last.seq.cast_signed())
            .bind(&session)
            .execute(&mut connection)
            .await?;
        connection.close().await
    };
    written
        .await
        .map_err(|error: sqlx::Error| unexpected(&error.to_string()))
}

fn next_after(last: &Record) -> Result<Record, holdpoint_domain::session::ChainError> {
    let mut record = Record {
        v: last.v,
        session: last.session,
        seq: last.seq + 1,
        at: last.at + TimeDelta::milliseconds(250),
        actor: Actor::Person {
            name: "Robin Captain".to_owned(),
        },
        command: Uuid::new_v4(),
        event: event_after(last),
        prev: String::new(),
        hash: String::new(),
    };
    seal(&mut record, &last.hash)?;
    Ok(record)
}

fn event_after(last: &Record) -> Event {
    let (step, gate) = ("release/verify".to_owned(), "health".to_owned());
    match &last.event {
        Event::GateStarted { run, .. } => Event::GateFinished {
            run: *run,
            step,
            gate,
            verdict: Verdict {
                outcome: Outcome::Pass,
                summary: "Service health passed: Status: 200.".to_owned(),
                checks: vec![CheckResult {
                    check: "Status".to_owned(),
                    expected: "200".to_owned(),
                    observed: "200".to_owned(),
                    outcome: Outcome::Pass,
                }],
                source: Source::Proxy,
                started: last.at,
                finished: last.at,
                attempts: 1,
                request: "GET https://api.example/health".to_owned(),
                output: "{\"status\": \"ok\", \"worker\": \"canary\"}\n".repeat(OUTPUT_LINES),
                output_bytes: 0,
                gate_digest: "d".repeat(64),
            },
        },
        _ if last.seq.is_multiple_of(100) => Event::GateStarted {
            run: Uuid::new_v4(),
            step,
            gate,
            auto: false,
        },
        _ => Event::NoteAdded {
            step: None,
            text: format!(
                "Canary {} has taken its traffic for ten minutes, and looks good.",
                last.seq
            ),
            written: None,
        },
    }
}

fn unexpected(found: &str) -> DriverError {
    DriverError::Unexpected {
        what: "Writing a long log".to_owned(),
        found: found.to_owned(),
    }
}

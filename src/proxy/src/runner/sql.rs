//! SQL gates: one statement in a read-only transaction, with a time limit of the database's own and a cap on its rows.

use std::str::FromStr;
use std::time::{Duration, Instant};

use futures::StreamExt;
use holdpoint_gates::check_statement;
use holdpoint_gates::config::SqlQuery;
use holdpoint_gates::evaluate::Observation;
use holdpoint_gates::fill::{Encoding, Values, fill};
use holdpoint_rehearsal::{SqlAnswer, SqlReply};
use serde_json::Value;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgRow, PgTypeInfo};
use sqlx::{AssertSqlSafe, Column, ConnectOptions, Connection, Executor, Row, SqlSafeStr, Statement};

use super::error::{GateRunError, chain};
use super::pg_value;
use super::sink::{Sink, Stream};

/// Bytes of rows, as they are shown, that are read whatever their number.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// A statement with its values filled in.
pub(super) struct Prepared {
    database: String,
    statement: String,
    bind: Vec<String>,
    max_rows: usize,
}

/// Fills the values in.
pub(super) fn prepare(query: &SqlQuery, values: &Values) -> Result<Prepared, GateRunError> {
    check_statement(&query.statement).map_err(|error| GateRunError::Sql {
        reason: error.to_string(),
    })?;
    let bind = query
        .bind
        .iter()
        .map(|value| fill(value, values, Encoding::Plain))
        .collect::<Result<_, _>>()?;
    Ok(Prepared {
        database: query.database.clone(),
        statement: query.statement.clone(),
        bind,
        max_rows: usize::try_from(query.max_rows).unwrap_or(usize::MAX),
    })
}

impl Prepared {
    /// What is asked, for the record.
    pub(super) fn words(&self) -> String {
        let bound = self
            .bind
            .iter()
            .enumerate()
            .map(|(index, value)| format!("\n-- ${} = {value}", index + 1));
        format!("{}{}", self.statement.trim(), bound.collect::<String>())
    }

    /// Runs the statement in a read-only transaction, and reads its rows up to the caps.
    pub(super) async fn ask(&self, url: &str, limit: Duration, sink: &mut Sink) -> Result<Observation, GateRunError> {
        let until = Instant::now() + limit;
        let mut connection = self.connect(url).await?;
        connection.execute("BEGIN READ ONLY").await.map_err(statement_error)?;
        // The database stops by itself, so that a statement does not go on after the runner has given it up.
        let left = until.saturating_duration_since(Instant::now()).as_millis().max(1);
        let limits = format!("SET LOCAL statement_timeout = {left}");
        connection
            .execute(AssertSqlSafe(limits))
            .await
            .map_err(statement_error)?;
        let started = Instant::now();
        let answer = self.rows(&mut connection, sink).await?;
        let latency = started.elapsed();
        // A transaction that only read has nothing to undo, and the verdict does not depend on a polite goodbye.
        if let Err(error) = connection.close().await {
            tracing::debug!(error = %error, "closing the gate's database connection");
        }
        Ok(answer.observation(latency))
    }

    /// Takes the rows of a rehearsal as those of a database.
    pub(super) async fn rehearse(&self, answer: SqlAnswer, sink: &mut Sink) -> Result<Observation, GateRunError> {
        let started = Instant::now();
        tokio::time::sleep(answer.delay).await;
        let (columns, answered) = match answer.reply {
            SqlReply::Rows { columns, rows } => (columns, rows),
            SqlReply::Error { message } => return Err(GateRunError::Sql { reason: message }),
        };
        let mut read = Rows::new(columns, sink);
        for cells in answered {
            if !read.take(cells, self.max_rows, sink) {
                break;
            }
        }
        read.finish(sink);
        Ok(read.observation(started.elapsed()))
    }

    async fn connect(&self, url: &str) -> Result<PgConnection, GateRunError> {
        let cannot = |error: sqlx::Error| GateRunError::Connect {
            name: self.database.clone(),
            reason: reason(&error),
        };
        let options = PgConnectOptions::from_str(url)
            .map_err(cannot)?
            .application_name("holdpoint")
            // Named statements do not survive a pooler that changes the server between transactions.
            .statement_cache_capacity(0)
            .disable_statement_logging();
        options.connect().await.map_err(cannot)
    }

    async fn rows(&self, connection: &mut PgConnection, sink: &mut Sink) -> Result<Rows, GateRunError> {
        // Asked for first, because learning of a type that is not built in asks the database again, and its answer would take
        // the place of the statement that was just prepared. It also names the columns of an answer without rows.
        let texts = vec![PgTypeInfo::with_name("text"); self.bind.len()];
        let sql = AssertSqlSafe(self.statement.clone()).into_sql_str();
        let described = connection
            .prepare_with(sql.clone(), &texts)
            .await
            .map_err(statement_error)?;
        let columns: Vec<_> = described
            .columns()
            .iter()
            .map(|column| column.name().to_owned())
            .collect();
        let mut read = Rows::new(columns, sink);
        let mut query = sqlx::query(sql).persistent(false);
        for value in &self.bind {
            query = query.bind(value);
        }
        let mut stream = query.fetch(connection);
        while let Some(row) = stream.next().await {
            let row = row.map_err(statement_error)?;
            if !read.take(cells(&row)?, self.max_rows, sink) {
                break;
            }
        }
        read.finish(sink);
        Ok(read)
    }
}

/// Rows as they come, up to the caps.
struct Rows {
    columns: Vec<String>,
    rows: Vec<Vec<Value>>,
    truncated: bool,
    /// Bytes of what was shown.
    bytes: usize,
}

impl Rows {
    fn new(columns: Vec<String>, sink: &mut Sink) -> Self {
        let bytes = show(sink, &columns.join(" | "));
        Self {
            columns,
            rows: Vec::new(),
            truncated: false,
            bytes,
        }
    }

    /// Takes a row, if it is within the caps. Otherwise the answer is cut off, and no further row is wanted.
    fn take(&mut self, cells: Vec<Value>, max_rows: usize, sink: &mut Sink) -> bool {
        if self.rows.len() == max_rows || self.bytes > MOST_BYTES {
            self.truncated = true;
            return false;
        }
        let shown: Vec<_> = cells.iter().map(pg_value::shown).collect();
        self.bytes += show(sink, &shown.join(" | "));
        self.rows.push(cells);
        true
    }

    fn finish(&self, sink: &mut Sink) {
        if self.rows.is_empty() {
            show(sink, "(no rows)");
        }
    }

    fn observation(self, latency: Duration) -> Observation {
        Observation::Sql {
            columns: self.columns,
            rows: self.rows,
            truncated: self.truncated,
            latency,
        }
    }
}

fn cells(row: &PgRow) -> Result<Vec<Value>, GateRunError> {
    let cell = |column: &sqlx::postgres::PgColumn| {
        pg_value::read(row, column).map_err(|error| match error {
            pg_value::CellError::Unread { type_name } => GateRunError::Column {
                column: column.name().to_owned(),
                type_name,
            },
            pg_value::CellError::Broken(error) => GateRunError::Sql { reason: reason(&error) },
        })
    };
    row.columns().iter().map(cell).collect()
}

fn show(sink: &mut Sink, line: &str) -> usize {
    sink.push(Stream::Out, line.as_bytes());
    sink.push(Stream::Out, b"\n");
    line.len() + 1
}

fn statement_error(error: sqlx::Error) -> GateRunError {
    GateRunError::Sql { reason: reason(&error) }
}

/// What the database says without the driver's words around it, where it says something.
fn reason(error: &sqlx::Error) -> String {
    match error.as_database_error() {
        Some(said) => match said.code() {
            Some(code) => format!("{} (SQLSTATE {code})", said.message().trim_end_matches('.')),
            None => said.message().trim_end_matches('.').to_owned(),
        },
        None => chain(error),
    }
}

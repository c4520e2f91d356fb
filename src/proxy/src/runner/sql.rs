//! SQL gates: one statement in a read-only transaction, with a time limit of the database's own and caps on its rows and bytes.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use holdpoint_gates::check_statement;
use holdpoint_gates::config::{Expectation, SqlQuery};
use holdpoint_gates::evaluate::Observation;
use holdpoint_gates::fill::{Encoding, Values, fill};
use holdpoint_rehearsal::{SqlAnswer, SqlReply};
use serde_json::Value;

use super::error::{GateRunError, chain};
use super::postgres::{self, Answer, PostgresError, Target, Wire};
use super::sink::{Sink, Stream};

/// How every value is written, whatever the role's or the database's own settings are: floats by the shortest text that means them,
/// times in UTC. As settings of the transaction, and not of the connection, which poolers share.
const SETTINGS: &str = "SET LOCAL client_encoding = 'UTF8'; SET LOCAL extra_float_digits = 3; \
     SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL IntervalStyle = 'postgres'; SET LOCAL TimeZone = 'UTC'; \
     SET LOCAL bytea_output = 'hex'; SET LOCAL standard_conforming_strings = on";
/// How long a goodbye may take. Without it a pooler gives its server up instead of using it again.
const GOODBYE: Duration = Duration::from_millis(500);

/// A statement with its values filled in.
pub(super) struct Prepared {
    database: String,
    statement: String,
    bind: Vec<String>,
    max_rows: usize,
    max_bytes: u64,
    /// The columns that the gate's expectations look at.
    wanted: BTreeSet<String>,
}

/// Fills the values in. `expect` is what is expected of the answer.
pub(super) fn prepare(query: &SqlQuery, expect: &[Expectation], values: &Values) -> Result<Prepared, GateRunError> {
    check_statement(&query.statement).map_err(|error| GateRunError::Sql {
        reason: error.to_string(),
        lasts: true,
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
        max_bytes: query.max_bytes,
        wanted: expect
            .iter()
            .flat_map(|expectation| expectation.filter.keys().chain(&expectation.name))
            .cloned()
            .collect(),
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
        let cannot = |error: PostgresError| GateRunError::Connect {
            name: self.database.clone(),
            lasts: error.lasts(),
            reason: chain(&error),
        };
        let target = Target::read(url).map_err(cannot)?;
        let mut wire = postgres::connect(&target).await.map_err(cannot)?;
        // The database stops by itself, so that a statement does not go on after the runner has given it up.
        let left = until.saturating_duration_since(Instant::now()).as_millis().max(1);
        let begin = format!("BEGIN READ ONLY; SET LOCAL statement_timeout = {left}; {SETTINGS}");
        wire.run(&begin).await.map_err(|error| self.statement_error(&error))?;
        let started = Instant::now();
        let answer = self.rows(&mut wire, sink).await?;
        let latency = started.elapsed();
        // A transaction that only read has nothing to undo, and the verdict does not depend on a polite goodbye.
        let left = until.saturating_duration_since(Instant::now()) / 2;
        match tokio::time::timeout(GOODBYE.min(left), wire.leave()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::debug!(%error, "closing the gate's database connection"),
            Err(_) => tracing::debug!("the gate's database connection took too long to close"),
        }
        Ok(answer.observation(latency))
    }

    /// Takes the rows of a rehearsal as those of a database.
    pub(super) async fn rehearse(&self, answer: SqlAnswer, sink: &mut Sink) -> Result<Observation, GateRunError> {
        let started = Instant::now();
        tokio::time::sleep(answer.delay).await;
        let (columns, answered) = match answer.reply {
            SqlReply::Rows { columns, rows } => (columns, rows),
            SqlReply::Error { message } => {
                return Err(GateRunError::Sql {
                    reason: message,
                    lasts: false,
                });
            }
        };
        let mut read = Rows::new(columns);
        read.show_columns(sink);
        for cells in answered {
            if !read.take(cells, self.max_rows, sink) {
                break;
            }
        }
        read.finish(sink);
        Ok(read.observation(started.elapsed()))
    }

    async fn rows(&self, wire: &mut Wire, sink: &mut Sink) -> Result<Rows, GateRunError> {
        let failed = |error: PostgresError| self.statement_error(&error);
        wire.ask(&self.statement, &self.bind, self.max_rows)
            .await
            .map_err(failed)?;
        let (mut left, limit) = (self.max_bytes, self.max_bytes);
        let mut types = Vec::new();
        let mut read = Rows::new(Vec::new());
        loop {
            match wire.answer(&mut left, limit).await.map_err(failed)? {
                Answer::Columns(columns) => {
                    let (names, ids): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
                    types = ids;
                    self.check_columns(&names)?;
                    read = Rows::new(names);
                    read.show_columns(sink);
                }
                Answer::Row(cells) => {
                    let cells = read.cells(&types, cells)?;
                    if !read.take(cells, self.max_rows, sink) {
                        break;
                    }
                }
                Answer::Suspended | Answer::Complete => break,
            }
        }
        read.finish(sink);
        Ok(read)
    }

    /// A column that an expectation looks at and that is not there will not be there the next time either.
    fn check_columns(&self, there: &[String]) -> Result<(), GateRunError> {
        match self.wanted.iter().find(|wanted| !there.contains(wanted)) {
            Some(column) => Err(GateRunError::NoColumn {
                column: column.clone(),
                there: there.join(", "),
            }),
            None => Ok(()),
        }
    }

    fn statement_error(&self, error: &PostgresError) -> GateRunError {
        match error {
            PostgresError::TooLong(cap) => GateRunError::TooManyBytes { cap: *cap },
            error => GateRunError::Sql {
                lasts: error.lasts(),
                reason: chain(error),
            },
        }
    }
}

/// Rows as they come, up to the cap on their number.
struct Rows {
    columns: Vec<String>,
    rows: Vec<Vec<Value>>,
    truncated: bool,
}

impl Rows {
    fn new(columns: Vec<String>) -> Self {
        Self {
            columns,
            rows: Vec::new(),
            truncated: false,
        }
    }

    fn show_columns(&self, sink: &mut Sink) {
        show(sink, &self.columns.join(" | "));
    }

    /// The cells of a row as values.
    fn cells(&self, types: &[u32], cells: Vec<Option<Vec<u8>>>) -> Result<Vec<Value>, GateRunError> {
        // No database sends that; a value without its column would be compared under another one's name.
        if cells.len() != types.len() || types.len() != self.columns.len() {
            let reason = format!("a row has {} values for {} columns", cells.len(), self.columns.len());
            return Err(GateRunError::Sql { reason, lasts: false });
        }
        let places = types.iter().zip(&self.columns).zip(cells);
        let read = places.map(|((type_id, column), cell)| {
            postgres::read(*type_id, cell).map_err(|error| GateRunError::Column {
                column: column.clone(),
                reason: error.to_string(),
            })
        });
        read.collect()
    }

    /// Takes a row, if it is within the cap. Otherwise the answer is cut off, and no further row is wanted.
    fn take(&mut self, cells: Vec<Value>, max_rows: usize, sink: &mut Sink) -> bool {
        if self.rows.len() == max_rows {
            self.truncated = true;
            return false;
        }
        let shown: Vec<_> = cells.iter().map(postgres::shown).collect();
        show(sink, &shown.join(" | "));
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

fn show(sink: &mut Sink, line: &str) {
    sink.push(Stream::Out, line.as_bytes());
    sink.push(Stream::Out, b"\n");
}

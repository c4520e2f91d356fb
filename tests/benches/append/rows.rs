//! The peer: pgbench inserts the rows that an append writes, in one transaction and one round trip.

use std::path::PathBuf;
use std::time::Duration;

use holdpoint_tests::{DriverError, Result};
use tempfile::TempDir;

use crate::bed::Bed;
use crate::http::Connection;
use crate::pgbench::{PgBench, figure};

const TABLES: &str = "
CREATE TABLE events (session text NOT NULL, seq bigint NOT NULL, record text NOT NULL, hash text NOT NULL,
    PRIMARY KEY (session, seq));
CREATE TABLE commands (id text PRIMARY KEY, session text NOT NULL, digest text NOT NULL, first_seq bigint NOT NULL,
    last_seq bigint NOT NULL);
CREATE SEQUENCE places CACHE 100;";

/// Each client writes a session of its own, as the writers do, and ids of commands follow the time, as theirs do.
const INSERT: &str = "
WITH event AS (
    INSERT INTO events (session, seq, record, hash)
    VALUES (:session::text || :client_id, nextval('places'), :record::text, :hash::text)
    RETURNING session, seq)
INSERT INTO commands (id, session, digest, first_seq, last_seq)
SELECT lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') || substr(gen_random_uuid()::text, 13), session, :hash::text, seq, seq FROM event;
";

/// A cluster with the tables of the log.
pub struct Rows {
    pgbench: PgBench,
    folder: TempDir,
    /// A record as the proxy writes it.
    record: String,
    hash: String,
}

impl Rows {
    /// Makes the tables, and takes a record from the proxy.
    pub async fn start(program: PathBuf, bed: &Bed) -> Result<Self> {
        let io = |source| DriverError::Io {
            doing: "writing the script for pgbench".to_owned(),
            source,
        };
        let pgbench = PgBench::start(program).await?;
        pgbench.cluster.sql("postgres", TABLES)?;
        let folder = tempfile::tempdir().map_err(io)?;
        std::fs::write(folder.path().join("insert.sql"), INSERT).map_err(io)?;
        let mut notes = bed.notes(bed.session().await?);
        let mut connection = Connection::open(bed.proxy.port()).await?;
        let answer: serde_json::Value = serde_json::from_slice(connection.exchange(notes.next()).await?)
            .map_err(|error| unexpected(&error.to_string()))?;
        let record = &answer["events"][0];
        let hash = record["hash"].as_str().ok_or_else(|| unexpected(&answer.to_string()))?;
        Ok(Self {
            pgbench,
            folder,
            record: record.to_string(),
            hash: hash.to_owned(),
        })
    }

    /// Transactions per second of so many clients.
    pub fn rate(&self, clients: usize, span: Duration) -> Result<f64> {
        let script = self.folder.path().join("insert.sql");
        let printed = self.pgbench.run(&[
            format!("--client={clients}"),
            "--jobs=2".to_owned(),
            format!("--time={}", span.as_secs()),
            format!("--file={}", script.display()),
            format!("--define=record={}", self.record),
            format!("--define=hash={}", self.hash),
            // As long as an id, with the client's number after it.
            "--define=session=0198c7a2-9d5e-7cc3-8f52-0a0b0c0d0e".to_owned(),
        ])?;
        figure(&printed, "tps")
    }
}

fn unexpected(found: &str) -> DriverError {
    DriverError::Unexpected {
        what: "The answer to a command".to_owned(),
        found: found.to_owned(),
    }
}

//! The database of the platform that the shipped runbooks release, in PostgreSQL, and what can be wrong with it.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::{DriverError, Result, TestPostgres};

/// Schemas, roles and rows of a healthy platform.
const SCHEMA: &str = include_str!("platform_schema.sql");
/// The healthy database. Every other one begins as a copy of it.
const HEALTHY: &str = "platform";
/// Who gates log in as.
const APPLICATION: &str = "dragonfly_app";
/// How long a session may take until it waits for a lock.
const UNTIL_WAITING: Duration = Duration::from_secs(10);

/// Something that is wrong with the platform's database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DatabaseFault {
    /// The workers' last heartbeats are 20 minutes old.
    StaleHeartbeat,
    /// The ingest worker has never reported.
    MissingWorker,
    /// The workers report that they crashed, and one left a job locked for 20 minutes.
    WorkerCrashLoop,
    /// `ops.queue_job` has a second signature.
    OverloadedRpc,
    /// `ops.update_job_status` is not there.
    MissingRpc,
    /// `ops.queue_job` runs with its caller's rights.
    SecurityInvoker,
    /// `ops.register_heartbeat` takes a `varchar` where it should take a `text`.
    ChangedSignature,
    /// `anon` may write to `ops.job_queue`.
    DangerousGrant,
    /// Everybody may delete from `ops.intake_logs`.
    PublicGrant,
    /// `authenticated` may read `ops.job_queue`, and not write to it.
    ReadingGrant,
    /// The schema `enforcement` is not there.
    MissingSchema,
    /// No migration was ever applied.
    NoMigration,
    /// The application may not read `ops.job_queue`.
    UnreadableQueue,
    /// A job has been pending for 20 minutes.
    QueueBuildup,
    /// A worker waits for a lock that another one holds.
    WaitingLock,
    /// The newest batch is still being processed, and with it its rows and its job.
    UnfinishedBatch,
    /// One row of the newest batch failed.
    FailedRow,
    /// The last batch came 20 minutes ago.
    OldBatch,
    /// The connection string logs in as a role that is not the application's.
    WrongRole,
}

impl DatabaseFault {
    /// Every fault.
    pub const ALL: [Self; 19] = [
        Self::StaleHeartbeat,
        Self::MissingWorker,
        Self::WorkerCrashLoop,
        Self::OverloadedRpc,
        Self::MissingRpc,
        Self::SecurityInvoker,
        Self::ChangedSignature,
        Self::DangerousGrant,
        Self::PublicGrant,
        Self::ReadingGrant,
        Self::MissingSchema,
        Self::NoMigration,
        Self::UnreadableQueue,
        Self::QueueBuildup,
        Self::WaitingLock,
        Self::UnfinishedBatch,
        Self::FailedRow,
        Self::OldBatch,
        Self::WrongRole,
    ];

    /// What makes it true in a healthy database.
    fn sql(self) -> &'static str {
        match self {
            Self::StaleHeartbeat => {
                "UPDATE ops.worker_heartbeats SET last_heartbeat_at = now() - interval '20 minutes'"
            }
            Self::MissingWorker => "DELETE FROM ops.worker_heartbeats WHERE worker_type = 'ingest_processor'",
            Self::WorkerCrashLoop => {
                "UPDATE ops.worker_heartbeats SET status = 'crashed';
                 INSERT INTO ops.job_queue (job_type, status, locked_at, locked_by)
                 VALUES ('crash_loop', 'processing', now() - interval '20 minutes', 'ingest-abc123');
                 INSERT INTO ops.job_queue (job_type, status, error_message)
                 SELECT 'crash_loop', 'failed', 'Job failed: InFailedSqlTransaction' FROM generate_series(1, 10)"
            }
            Self::OverloadedRpc => {
                "CREATE FUNCTION ops.queue_job(p_type text, p_payload jsonb, p_priority integer)
                 RETURNS uuid LANGUAGE sql SECURITY DEFINER SET search_path = ops, pg_temp
                 AS $$ SELECT ops.queue_job(p_type, p_payload, p_priority, now()) $$"
            }
            Self::MissingRpc => "DROP FUNCTION ops.update_job_status",
            Self::SecurityInvoker => "ALTER FUNCTION ops.queue_job SECURITY INVOKER",
            Self::ChangedSignature => {
                "DROP FUNCTION ops.register_heartbeat;
                 CREATE FUNCTION ops.register_heartbeat(text, text, text, varchar)
                 RETURNS void LANGUAGE sql SECURITY DEFINER AS 'SELECT'"
            }
            Self::DangerousGrant => "GRANT INSERT, UPDATE, DELETE ON ops.job_queue TO anon",
            Self::PublicGrant => "GRANT DELETE ON ops.intake_logs TO PUBLIC",
            Self::ReadingGrant => "GRANT SELECT ON ops.job_queue TO authenticated",
            Self::MissingSchema => "DROP SCHEMA enforcement CASCADE",
            Self::NoMigration => "DELETE FROM supabase_migrations.schema_migrations",
            Self::UnreadableQueue => "REVOKE SELECT ON ops.job_queue FROM service_role",
            Self::QueueBuildup => {
                "INSERT INTO ops.job_queue (job_type, status, updated_at)
                 VALUES ('simplicity_ingest', 'pending', now() - interval '20 minutes')"
            }
            Self::UnfinishedBatch => {
                "UPDATE intake.simplicity_batches SET status = 'processing';
                 UPDATE intake.simplicity_raw_rows SET status = 'pending';
                 UPDATE ops.job_queue SET status = 'processing', locked_at = now() WHERE result IS NOT NULL"
            }
            Self::FailedRow => "UPDATE intake.simplicity_raw_rows SET status = 'failed' WHERE row_index = 2",
            Self::OldBatch => {
                "UPDATE intake.simplicity_batches SET created_at = now() - interval '20 minutes';
                 UPDATE intake.simplicity_raw_rows SET created_at = now() - interval '20 minutes';
                 UPDATE ops.job_queue SET updated_at = now() - interval '20 minutes' WHERE result IS NOT NULL"
            }
            Self::WrongRole => "CREATE ROLE reporting LOGIN; GRANT service_role TO reporting",
            Self::WaitingLock => "SELECT",
        }
    }
}

/// A cluster with the platform's database, and copies of it in which something is wrong.
pub struct PlatformDatabase {
    cluster: TestPostgres,
}

impl PlatformDatabase {
    /// Starts a cluster with a healthy database. Its workers' heartbeats count as fresh for five minutes from now.
    ///
    /// # Errors
    /// PostgreSQL is not installed, or does not start.
    pub async fn start() -> Result<Self> {
        let cluster = TestPostgres::start().await?;
        cluster.sql("postgres", &format!("CREATE DATABASE {HEALTHY}"))?;
        cluster.sql(HEALTHY, SCHEMA)?;
        Ok(Self { cluster })
    }

    /// The healthy database's connection string, for the application.
    #[must_use]
    pub fn healthy_url(&self) -> String {
        self.cluster.url_as(APPLICATION, HEALTHY)
    }

    /// Makes a copy of the healthy database that has this fault. Nobody may be connected to the healthy one meanwhile.
    ///
    /// # Errors
    /// The copy cannot be made, or the fault's SQL is wrong.
    pub async fn with_fault(&self, fault: DatabaseFault) -> Result<FaultyDatabase<'_>> {
        let name = format!("{fault:?}").to_lowercase();
        self.cluster
            .sql("postgres", &format!("CREATE DATABASE {name} TEMPLATE {HEALTHY}"))?;
        self.cluster.sql(&name, fault.sql())?;
        let role = if fault == DatabaseFault::WrongRole {
            "reporting"
        } else {
            APPLICATION
        };
        let mut database = FaultyDatabase {
            cluster: &self.cluster,
            url: self.cluster.url_as(role, &name),
            workers: Vec::new(),
        };
        if fault == DatabaseFault::WaitingLock {
            self.let_a_worker_wait(&mut database).await?;
        }
        Ok(database)
    }

    /// One worker takes a lock, and another one waits for it.
    async fn let_a_worker_wait(&self, database: &mut FaultyDatabase<'_>) -> Result<()> {
        let granted = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted";
        database.connect_worker("SELECT pg_advisory_lock(7), pg_sleep(600)")?;
        self.until_one(granted).await?;
        database.connect_worker("SELECT pg_advisory_lock(7)")?;
        self.until_one("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            .await
    }

    async fn until_one(&self, count: &str) -> Result<()> {
        let since = Instant::now();
        loop {
            let seen = self.cluster.sql("postgres", count)?;
            if seen == "1" {
                return Ok(());
            }
            if since.elapsed() > UNTIL_WAITING {
                return Err(DriverError::TimedOut {
                    what: format!("one row of {count}"),
                    waited: since.elapsed(),
                    seen,
                });
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// A database in which something is wrong. What its workers do ends when it is dropped.
pub struct FaultyDatabase<'a> {
    cluster: &'a TestPostgres,
    url: String,
    workers: Vec<Child>,
}

impl FaultyDatabase<'_> {
    /// The connection string that gates use.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A connection of a worker that runs this statement.
    fn connect_worker(&mut self, statement: &str) -> Result<()> {
        let mut psql = Command::new("psql");
        psql.arg(&self.url).args(["-X", "-q", "-c", statement]);
        psql.env("PGAPPNAME", "dragonfly-worker");
        psql.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = psql.spawn().map_err(DriverError::io("starting psql"))?;
        self.workers.push(child);
        Ok(())
    }
}

impl Drop for FaultyDatabase<'_> {
    fn drop(&mut self) {
        if self.workers.is_empty() {
            return;
        }
        // A server process that waits for a lock does not notice that its client is gone. It is given five seconds to end.
        let end =
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'dragonfly-worker'";
        if let Err(error) = self.cluster.sql("postgres", end) {
            eprintln!("the workers' connections could not be ended: {error}");
        }
        for worker in &mut self.workers {
            if let Err(error) = worker.kill().and_then(|()| worker.wait()) {
                eprintln!("a worker's psql could not be stopped: {error}");
            }
        }
    }
}

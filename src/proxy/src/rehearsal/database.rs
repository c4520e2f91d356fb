//! The stand-in platform's database: its schema, its faults and its workers' heartbeats.

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgSslMode};
use uuid::Uuid;

use super::faults::{Fault, Pretence};

/// The schema, and the roles without passwords.
const SCHEMA: &str = include_str!("schema.sql");
/// The database that every cluster has.
const NAME: &str = "postgres";

/// A connection to the cluster as its owner. Gates connect as somebody who owns nothing.
#[derive(Clone, Debug)]
pub(super) struct Database {
    pool: PgPool,
}

/// Where the cluster listens, and the password that all its roles have.
#[derive(Clone, Debug)]
pub(super) struct Address {
    pub(super) port: u16,
    pub(super) password: String,
}

impl Address {
    /// What gates connect with.
    pub(super) fn for_gates(&self) -> String {
        format!(
            "postgresql://dragonfly_app:{}@127.0.0.1:{}/{NAME}?sslmode=disable",
            self.password, self.port
        )
    }
}

impl Database {
    /// Connects to a cluster that was just made, and fills it.
    pub(super) async fn create(address: &Address) -> Result<Self, sqlx::Error> {
        let options = PgConnectOptions::new()
            .host("127.0.0.1")
            .port(address.port)
            .username("postgres")
            .password(&address.password)
            .database(NAME)
            .ssl_mode(PgSslMode::Disable);
        let pool = PgPoolOptions::new().max_connections(3).connect_with(options).await?;
        sqlx::raw_sql(SCHEMA).execute(&pool).await?;
        let database = Self { pool };
        database.set_gate_password(&address.password).await?;
        database.beat(&Pretence::default()).await?;
        Ok(database)
    }

    /// A statement that alters a role takes no bound parameters, so the server itself puts the password into it.
    async fn set_gate_password(&self, password: &str) -> Result<(), sqlx::Error> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query("SELECT set_config('rehearsal.password', $1, true)")
            .bind(password)
            .execute(&mut *transaction)
            .await?;
        sqlx::raw_sql(
            "DO $$ BEGIN
                 EXECUTE format('ALTER ROLE dragonfly_app PASSWORD %L', current_setting('rehearsal.password'));
             END $$",
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await
    }

    /// The workers report, as they do every few seconds; in the way that the faults make them.
    pub(super) async fn beat(&self, pretence: &Pretence) -> Result<(), sqlx::Error> {
        if pretence.has(Fault::StaleHeartbeat) {
            return Ok(());
        }
        let status = if pretence.has(Fault::WorkerCrashLoop) {
            "crashed"
        } else {
            "running"
        };
        sqlx::query(
            "SELECT ops.register_heartbeat(id, type, 'rehearsal', $1)
             FROM (VALUES ('ingest-abc123', 'ingest_processor'), ('enforcement-def456', 'enforcement_engine'))
                  AS worker(id, type)",
        )
        .bind(status)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Brings a fault into the database, or takes it out again. `after` is what is pretended from then on.
    pub(super) async fn set_fault(&self, fault: Fault, on: bool, after: &Pretence) -> Result<(), sqlx::Error> {
        if let Some(statements) = statements(fault, on) {
            sqlx::raw_sql(statements).execute(&self.pool).await?;
        }
        self.beat(after).await
    }

    /// Stores a batch, its rows and its job, as the ingest worker leaves them.
    pub(super) async fn ingest(&self, id: Uuid, rows: usize, worked: bool) -> Result<(), sqlx::Error> {
        let (batch, row, job) = if worked {
            ("completed", "validated", "completed")
        } else {
            ("processing", "pending", "processing")
        };
        let mut transaction = self.pool.begin().await?;
        sqlx::query("INSERT INTO intake.simplicity_batches (id, status, source_system) VALUES ($1, $2, 'simplicity')")
            .bind(id)
            .bind(batch)
            .execute(&mut *transaction)
            .await?;
        sqlx::query(
            "INSERT INTO intake.simplicity_raw_rows (batch_id, row_index, status)
             SELECT $1, index, $2 FROM generate_series(1, $3) AS index",
        )
        .bind(id)
        .bind(row)
        .bind(i32::try_from(rows).unwrap_or(i32::MAX))
        .execute(&mut *transaction)
        .await?;
        sqlx::query(
            "INSERT INTO ops.job_queue (job_type, payload, status, locked_at, result)
             VALUES ('simplicity_ingest', jsonb_build_object('batch_id', $1), $2, now(), jsonb_build_object('rows', $3))",
        )
        .bind(id)
        .bind(job)
        .bind(i64::try_from(rows).unwrap_or(i64::MAX))
        .execute(&mut *transaction)
        .await?;
        sqlx::query(
            "INSERT INTO ops.intake_logs (event_type, source_system, details)
             VALUES ('batch_received', 'simplicity', jsonb_build_object('batch_id', $1))",
        )
        .bind(id)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await
    }

    /// Hangs up.
    pub(super) async fn close(&self) {
        self.pool.close().await;
    }
}

/// What a fault does to the database. Faults that are not the database's have nothing to do here.
fn statements(fault: Fault, on: bool) -> Option<&'static str> {
    let statements = match (fault, on) {
        (Fault::StaleHeartbeat, true) => {
            "UPDATE ops.worker_heartbeats SET last_heartbeat_at = now() - interval '20 minutes'"
        }
        (Fault::OverloadedRpc, true) => {
            "CREATE OR REPLACE FUNCTION ops.queue_job(p_type text, p_payload jsonb, p_priority integer)
             RETURNS uuid LANGUAGE sql SECURITY DEFINER SET search_path = ops, pg_temp
             AS $$ SELECT ops.queue_job(p_type, p_payload, p_priority, now()) $$"
        }
        (Fault::OverloadedRpc, false) => "DROP FUNCTION IF EXISTS ops.queue_job(text, jsonb, integer)",
        (Fault::DangerousGrant, true) => "GRANT INSERT, UPDATE, DELETE ON ops.job_queue TO anon",
        (Fault::DangerousGrant, false) => "REVOKE INSERT, UPDATE, DELETE ON ops.job_queue FROM anon",
        (Fault::WorkerCrashLoop, true) => {
            "INSERT INTO ops.job_queue (job_type, status, locked_at, locked_by, error_message)
             VALUES ('crash_loop', 'processing', now() - interval '20 minutes', 'ingest-abc123', NULL);
             INSERT INTO ops.job_queue (job_type, status, error_message)
             SELECT 'crash_loop', 'failed', 'Job failed: InFailedSqlTransaction' FROM generate_series(1, 10)"
        }
        (Fault::WorkerCrashLoop, false) => "DELETE FROM ops.job_queue WHERE job_type = 'crash_loop'",
        _ => return None,
    };
    Some(statements)
}

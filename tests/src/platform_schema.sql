-- The database of the platform that the shipped runbooks release, as their documents describe it: as much as the SQL gates read.

CREATE ROLE service_role NOLOGIN;
CREATE ROLE authenticated NOLOGIN;
CREATE ROLE anon NOLOGIN;
-- Gates log in as the application does. What it may read, it may by being a member of service_role.
CREATE ROLE dragonfly_app LOGIN;
GRANT service_role TO dragonfly_app;

CREATE SCHEMA ops;
CREATE SCHEMA intake;
CREATE SCHEMA enforcement;
CREATE SCHEMA supabase_migrations;

CREATE TABLE supabase_migrations.schema_migrations (
    version text PRIMARY KEY,
    name text NOT NULL,
    executed_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO supabase_migrations.schema_migrations (version, name) VALUES
    ('20251201093000', 'create_ops_job_queue'),
    ('20251209101500', 'add_enforcement_tables'),
    ('20251218160000', 'canonical_worker_rpcs'),
    ('20260110120000', 'lock_ops_schema');

CREATE TABLE ops.worker_heartbeats (
    worker_id text PRIMARY KEY,
    worker_type text NOT NULL,
    hostname text,
    status text NOT NULL,
    last_heartbeat_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE ops.job_queue (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    job_type text NOT NULL,
    payload jsonb NOT NULL DEFAULT '{}',
    priority integer NOT NULL DEFAULT 0,
    status text NOT NULL DEFAULT 'pending',
    run_at timestamptz NOT NULL DEFAULT now(),
    locked_at timestamptz,
    locked_by text,
    result jsonb,
    error_message text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO ops.job_queue (job_type, status, created_at, updated_at)
SELECT 'simplicity_ingest', 'completed', at, at
FROM generate_series(now() - interval '3 hours', now() - interval '30 minutes', interval '30 minutes') AS at;

CREATE TABLE ops.intake_logs (
    created_at timestamptz NOT NULL DEFAULT now(),
    event_type text NOT NULL,
    source_system text NOT NULL,
    details jsonb NOT NULL DEFAULT '{}'
);

CREATE TABLE intake.simplicity_batches (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    status text NOT NULL,
    source_system text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE intake.simplicity_raw_rows (
    batch_id uuid NOT NULL REFERENCES intake.simplicity_batches,
    row_index integer NOT NULL,
    status text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (batch_id, row_index)
);

CREATE FUNCTION ops.claim_pending_job(p_job_types text[], p_lock_minutes integer, p_worker_id text)
RETURNS SETOF ops.job_queue LANGUAGE sql SECURITY DEFINER SET search_path = ops, pg_temp AS $$
    UPDATE ops.job_queue SET status = 'processing', locked_at = now(), locked_by = p_worker_id, updated_at = now()
    WHERE id = (
        SELECT id FROM ops.job_queue
        WHERE job_type = ANY (p_job_types)
          AND (status = 'pending' OR (status = 'processing' AND locked_at < now() - make_interval(mins => p_lock_minutes)))
        ORDER BY priority DESC, created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING *
$$;

CREATE FUNCTION ops.update_job_status(p_job_id uuid, p_status text, p_error text, p_backoff_seconds integer)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = ops, pg_temp AS $$
    UPDATE ops.job_queue SET status = p_status, error_message = p_error, locked_at = NULL, updated_at = now(),
        run_at = now() + make_interval(secs => coalesce(p_backoff_seconds, 0))
    WHERE id = p_job_id
$$;

CREATE FUNCTION ops.queue_job(p_type text, p_payload jsonb, p_priority integer, p_run_at timestamptz)
RETURNS uuid LANGUAGE sql SECURITY DEFINER SET search_path = ops, pg_temp AS $$
    INSERT INTO ops.job_queue (job_type, payload, priority, run_at) VALUES (p_type, p_payload, p_priority, p_run_at)
    RETURNING id
$$;

CREATE FUNCTION ops.register_heartbeat(p_worker_id text, p_worker_type text, p_hostname text, p_status text)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = ops, pg_temp AS $$
    INSERT INTO ops.worker_heartbeats AS beat (worker_id, worker_type, hostname, status, last_heartbeat_at)
    VALUES (p_worker_id, p_worker_type, p_hostname, p_status, now())
    ON CONFLICT (worker_id) DO UPDATE SET status = excluded.status, last_heartbeat_at = now()
$$;

GRANT USAGE ON SCHEMA ops, intake, enforcement, supabase_migrations TO service_role;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ops, intake TO service_role;
GRANT SELECT ON ALL TABLES IN SCHEMA supabase_migrations TO service_role;

-- What a healthy platform holds: two workers that have just reported, and the golden path's batch with its rows and its job.
SELECT ops.register_heartbeat('ingest-abc123', 'ingest_processor', 'host-1', 'running');
SELECT ops.register_heartbeat('enforcement-def456', 'enforcement_engine', 'host-2', 'running');
INSERT INTO intake.simplicity_batches (id, status, source_system)
VALUES ('0198c0de-0000-7000-8000-000000000001', 'completed', 'simplicity');
INSERT INTO intake.simplicity_raw_rows (batch_id, row_index, status)
SELECT '0198c0de-0000-7000-8000-000000000001', index, 'validated' FROM generate_series(1, 3) AS index;
INSERT INTO ops.job_queue (job_type, status, result) VALUES ('simplicity_ingest', 'completed', '{"rows": 3}');

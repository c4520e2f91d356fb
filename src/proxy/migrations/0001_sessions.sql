-- Sessions, their events, the commands that made them, and what people sign in with.

-- `last_seq` and `closed` are projections of `events`, written in the same transaction, so that a writer need not count and a
-- start need not read what is over.
CREATE TABLE sessions (
    id       TEXT PRIMARY KEY NOT NULL,
    started  TEXT NOT NULL,
    last_seq INTEGER NOT NULL,
    closed   INTEGER NOT NULL CHECK (closed IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_start ON sessions (started, id);

-- The log. A session's sequence has no gaps; nothing here is ever changed or deleted.
CREATE TABLE events (
    session TEXT NOT NULL REFERENCES sessions (id),
    seq     INTEGER NOT NULL CHECK (seq > 0),
    record  TEXT NOT NULL,
    hash    TEXT NOT NULL,
    PRIMARY KEY (session, seq)
) STRICT;

CREATE TRIGGER events_are_not_changed BEFORE UPDATE ON events
BEGIN
    SELECT RAISE(ABORT, 'events are never changed');
END;

CREATE TRIGGER events_are_not_deleted BEFORE DELETE ON events
BEGIN
    SELECT RAISE(ABORT, 'events are never deleted');
END;

-- What makes commands idempotent.
CREATE TABLE commands (
    id        TEXT PRIMARY KEY NOT NULL,
    session   TEXT NOT NULL REFERENCES sessions (id),
    digest    TEXT NOT NULL,
    first_seq INTEGER NOT NULL,
    last_seq  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One-time links and cookies, as SHA-256 only. `expires` counts seconds since 1970.
CREATE TABLE secrets (
    hash    TEXT PRIMARY KEY NOT NULL,
    kind    TEXT NOT NULL CHECK (kind IN ('link', 'cookie')),
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

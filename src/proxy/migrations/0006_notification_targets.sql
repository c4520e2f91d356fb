-- How far each target of notifications.toml has been told of what is in `events`: `position` is the rowid of the last event that was
-- looked at for it. Events are never deleted, so that their rowids are in the order in which they became durable. What was given up
-- is kept, because the log of a proxy that was started anew does not say it.
CREATE TABLE notification_targets (
    name         TEXT PRIMARY KEY NOT NULL,
    position     INTEGER NOT NULL,
    given_up     INTEGER NOT NULL DEFAULT 0,
    given_up_at  TEXT,
    given_up_why TEXT
) STRICT, WITHOUT ROWID;

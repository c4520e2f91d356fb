-- What the writer writes, and deletes again, to find out whether the disk takes anything after an append that failed.
CREATE TABLE writer_trial (
    id    INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    bytes BLOB NOT NULL
) STRICT;

-- The list has every session that is open, however old it is.
CREATE INDEX open_sessions ON sessions (started, id) WHERE closed = 0;

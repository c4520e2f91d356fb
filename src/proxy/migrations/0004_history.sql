-- What sessions can be asked for by, without reading their events. All of it follows from the events, and is written in the
-- same transaction as those that it follows from. Where a row is missing, or `made_by` is not the version of this program's
-- fold, it is made anew when the database is opened.
CREATE TABLE histories (
    session     TEXT PRIMARY KEY NOT NULL REFERENCES sessions (id),
    made_by     INTEGER NOT NULL,
    started     TEXT NOT NULL,
    runbook     TEXT NOT NULL,
    procedure   TEXT NOT NULL,
    kind        TEXT NOT NULL,
    environment TEXT NOT NULL,
    rehearsal   INTEGER NOT NULL CHECK (rehearsal IN (0, 1)),
    -- The session that this one undoes.
    undoes      TEXT,
    -- NULL while it is open.
    outcome     TEXT
) STRICT, WITHOUT ROWID;

-- The newest rollback of a session.
CREATE INDEX rollbacks ON histories (undoes, started, session) WHERE undoes IS NOT NULL;
-- The newest sessions of a procedure in an environment.
CREATE INDEX histories_by_procedure ON histories (runbook, procedure, environment, started, session);

-- Figures of each session that ended (`SessionDigest`), as JSON.
CREATE TABLE session_digests (
    session TEXT PRIMARY KEY NOT NULL REFERENCES sessions (id),
    digest  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The captain and everybody who did something, in lower case.
CREATE TABLE session_people (
    name    TEXT NOT NULL,
    session TEXT NOT NULL REFERENCES sessions (id),
    PRIMARY KEY (name, session)
) STRICT, WITHOUT ROWID;

-- What people wrote, by the event that it is in; of the first event the titles, the version and the commit.
CREATE TABLE session_texts (
    id      INTEGER PRIMARY KEY NOT NULL,
    session TEXT NOT NULL REFERENCES sessions (id),
    seq     INTEGER NOT NULL,
    text    TEXT NOT NULL,
    UNIQUE (session, seq)
) STRICT;

-- The words of these texts. Events go before it: should it be damaged, the trigger is taken away, so that events are recorded
-- all the same, and both are made anew when the database is opened.
CREATE VIRTUAL TABLE session_words USING fts5 (
    text, content = 'session_texts', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TRIGGER session_texts_are_indexed AFTER INSERT ON session_texts
BEGIN
    INSERT INTO session_words (rowid, text) VALUES (NEW.id, NEW.text);
END;

-- What the list of sessions says of each of them, as JSON (`SessionBrief`), written in the same transaction as the events that it
-- follows from. `brief_seq` is the event after which it was made: a brief whose `brief_seq` is not `last_seq` is made anew when
-- the database is opened. NULL where the session cannot be read or has no start.
ALTER TABLE sessions ADD COLUMN brief TEXT;
ALTER TABLE sessions ADD COLUMN brief_seq INTEGER NOT NULL DEFAULT 0;

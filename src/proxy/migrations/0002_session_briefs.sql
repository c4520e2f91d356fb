-- What the list of sessions says of each of them (`SessionBrief`), as JSON: `brief` as it was when it was made first, and in
-- `progress` the fields that events change, which replace those of `brief`. `progress` is written in the same transaction as
-- the events that it follows from; `progress_seq` is the last of them. Where that is not `last_seq`, both are made anew when the
-- database is opened. NULL where the session cannot be read or has no start.
ALTER TABLE sessions ADD COLUMN brief TEXT;
ALTER TABLE sessions ADD COLUMN progress TEXT;
ALTER TABLE sessions ADD COLUMN progress_seq INTEGER NOT NULL DEFAULT 0;

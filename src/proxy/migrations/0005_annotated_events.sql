-- Which sessions people wrote about: the incident log looks for a severity that a person gave, without reading every log. Records are
-- compact JSON, in whose texts a quotation mark is escaped, so that nothing but an event of this type has this piece.
CREATE INDEX annotated_events ON events (session) WHERE instr(record, '"type":"annotated"') > 0;

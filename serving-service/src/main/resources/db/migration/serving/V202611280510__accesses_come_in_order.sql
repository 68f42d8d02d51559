-- Entries are written in the order of time, thousands a second: blocks of them have a time, and no
-- entry needs to be found by its own.
DROP INDEX data_access_at;
CREATE INDEX data_access_at ON data_access USING brin (at) WITH (autosummarize = on);

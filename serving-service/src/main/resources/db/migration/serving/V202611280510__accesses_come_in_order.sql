-- Entries are written in the order of time, thousands a second: blocks of them have a time, and no
-- entry needs to be found by its own.
DROP INDEX data_access_at;
CREATE INDEX data_access_at ON data_access USING brin (at) WITH (autosummarize = on);

-- Most callers of most installations are of no tenant.
DROP INDEX data_access_tenants;
CREATE INDEX data_access_tenants ON data_access USING gin (tenants) WHERE tenants <> '{}';

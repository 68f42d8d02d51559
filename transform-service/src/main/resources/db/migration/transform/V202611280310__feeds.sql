-- Relations whose changes somebody outside follows, as serving told, and until when.
CREATE TABLE transform.feed (
  relation text PRIMARY KEY,
  until timestamptz NOT NULL,
  -- Whether whoever did not know of it, and wrote the relation, has ended: later versions have batches.
  active boolean NOT NULL DEFAULT false
);

-- Two transactions can have the same moment. The later one to commit tells here which of its rows are its own.
ALTER TABLE transform.change_batch ADD COLUMN ids text[];
ALTER TABLE transform.change_batch ALTER COLUMN ids SET STORAGE EXTERNAL;
CREATE INDEX change_batch_moment ON transform.change_batch (relation, loaded_at);

-- For whoever reads the warehouse, in the snapshot of the rows. These views are what others may rely on; the tables behind them
-- are not. Keys tell of rows of all tenants: of a table that is separated by tenant, only who sees all tenants sees them.
CREATE VIEW transform.changes AS
  SELECT b.relation, b.version, b.table_oid, b.loaded_at, b.rows, b.earliest_event_at, b.latest_event_at,
    b.keys IS NOT NULL AS is_keyed,
    b.ids IS NOT NULL AS has_ids,
    CASE WHEN (SELECT NOT c.relrowsecurity FROM pg_class c WHERE c.oid = b.table_oid)
      OR (SELECT millrace.sees_all()) THEN b.keys END AS keys,
    CASE WHEN (SELECT NOT c.relrowsecurity FROM pg_class c WHERE c.oid = b.table_oid)
      OR (SELECT millrace.sees_all()) THEN b.ids END AS ids
  FROM transform.change_batch b;
CREATE VIEW transform.feeds AS
  SELECT relation, until FROM transform.feed WHERE active;
GRANT SELECT ON transform.changes, transform.feeds TO millrace_reader;

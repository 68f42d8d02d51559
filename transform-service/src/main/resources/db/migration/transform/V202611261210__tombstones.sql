-- Deletes of merged streams: a change that is older and comes later brings nothing back. One
-- without a key is a truncate, of all rows of its relation.
CREATE TABLE transform.tombstone (
  relation text NOT NULL,
  key text COLLATE "C",
  position bigint[] NOT NULL,
  happened_at timestamptz NOT NULL,
  deleted_at timestamptz NOT NULL,
  -- A history needs its deletes as long as its versions.
  is_history boolean NOT NULL,
  CONSTRAINT tombstone_key UNIQUE NULLS NOT DISTINCT (relation, key, position)
);
CREATE INDEX tombstone_age ON transform.tombstone USING brin (deleted_at) WITH (autosummarize = on);

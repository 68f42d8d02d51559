-- Changes of landed tables that somebody has to decide on, once each. Their ids are of the same
-- kind as those of the changes that were made, so that one number means one thing.
CREATE TABLE transform.schema_proposal (
  id bigint PRIMARY KEY
    DEFAULT nextval(pg_get_serial_sequence('transform.schema_change', 'id')),
  relation text NOT NULL,
  change text NOT NULL CHECK (change IN ('create_table', 'add_column', 'add_variant')),
  -- Empty for a table.
  column_name text NOT NULL,
  data_type text,
  table_kind text NOT NULL,
  -- The columns that a new table begins with.
  columns jsonb NOT NULL,
  origin text,
  likely_renamed_from text,
  revision text NOT NULL,
  topic text NOT NULL,
  partition integer NOT NULL,
  record_offset bigint NOT NULL,
  -- Records that have ever waited for it.
  records bigint NOT NULL,
  state text NOT NULL DEFAULT 'proposed' CHECK (state IN ('proposed', 'approved', 'rejected')),
  proposed_at timestamptz NOT NULL,
  decided_at timestamptz,
  decided_by text,
  decided_why text,
  -- What becomes of records that need it although it was rejected.
  rejected_then text CHECK (rejected_then IN ('freeze', 'discard_row', 'discard_value')),
  UNIQUE (relation, change, column_name)
);
CREATE INDEX schema_proposal_state ON transform.schema_proposal (state, id);

ALTER TABLE transform.schema_change
  ADD COLUMN proposal_id bigint,
  ADD COLUMN decided_by text,
  ADD COLUMN decided_why text,
  ADD COLUMN likely_renamed_from text;

-- The proposals that a record waits for.
ALTER TABLE transform.quarantine ADD COLUMN waits_for bigint[];
CREATE INDEX quarantine_waits_for ON transform.quarantine USING gin (waits_for)
  WHERE waits_for IS NOT NULL;

-- What the columns of landed tables were like of late, to tell a renamed column from a new one.
CREATE TABLE transform.column_profile (
  relation text NOT NULL,
  column_name text NOT NULL,
  data_type text NOT NULL,
  -- Rows of the last batches, and those of them that had a value.
  rows bigint NOT NULL,
  present bigint NOT NULL,
  mean_length double precision NOT NULL,
  shapes text[] NOT NULL,
  last_seen_at timestamptz NOT NULL,
  PRIMARY KEY (relation, column_name)
);

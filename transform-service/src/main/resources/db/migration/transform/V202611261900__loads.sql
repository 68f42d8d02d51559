-- Streams whose records come in loads, each of which takes the place of the one before. The rows of
-- a load wait in a table of their own, transform.load_rows_<id>, until all of them are there.
CREATE TABLE transform.load_stream (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  schema_name text NOT NULL,
  table_name text NOT NULL,
  -- The load whose rows the table has; null before the first.
  current_load text COLLATE "C",
  UNIQUE (schema_name, table_name)
);

CREATE TABLE transform.load (
  stream_id bigint NOT NULL REFERENCES transform.load_stream,
  -- Of two loads of a stream, the one that sorts behind the other is newer.
  load text COLLATE "C" NOT NULL,
  -- How many records it has; null until its end is seen.
  expected bigint,
  -- Records whose rows wait or waited, some of them perhaps twice.
  staged bigint NOT NULL,
  -- Records that have no row: in quarantine, or discarded.
  left_out bigint NOT NULL,
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  -- Whether something came since somebody looked whether it is complete.
  has_news boolean NOT NULL,
  -- When it took its place, and with how many rows.
  replaced_at timestamptz,
  rows bigint,
  -- Why it could not, when it should have.
  problem text,
  PRIMARY KEY (stream_id, load)
);

CREATE INDEX load_has_news ON transform.load (stream_id) WHERE has_news;

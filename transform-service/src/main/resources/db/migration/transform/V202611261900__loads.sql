-- Streams whose records come in loads, each of which takes the place of the one before.
CREATE TABLE transform.load_stream (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  schema_name text NOT NULL,
  table_name text NOT NULL,
  -- The table as it was last seen; another one has no load yet.
  table_oid oid,
  -- The load whose rows the table has; null before the first.
  current_load text COLLATE "C",
  UNIQUE (schema_name, table_name)
);

-- The columns that landing writes of a stream's table. Others are somebody else's.
CREATE TABLE transform.load_column (
  stream_id bigint NOT NULL REFERENCES transform.load_stream,
  column_name text NOT NULL,
  PRIMARY KEY (stream_id, column_name)
);

CREATE TABLE transform.load (
  stream_id bigint NOT NULL REFERENCES transform.load_stream,
  -- Of two loads of a stream, the one that sorts behind the other is newer.
  load text COLLATE "C" NOT NULL,
  -- How many records it has; null until one of them told.
  expected bigint,
  -- Records whose rows wait or waited, some of them perhaps twice.
  staged bigint NOT NULL,
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  -- Whether something came since somebody looked whether it is complete.
  has_news boolean NOT NULL,
  -- When it took its place, and with how many rows.
  replaced_at timestamptz,
  rows bigint,
  -- Why it does not, though as many records have come.
  problem text,
  PRIMARY KEY (stream_id, load)
);
CREATE INDEX load_has_news ON transform.load (stream_id) WHERE has_news;

-- Records of loads that have no row: in quarantine, or discarded.
CREATE TABLE transform.load_left_out (
  stream_id bigint NOT NULL REFERENCES transform.load_stream,
  load text COLLATE "C" NOT NULL,
  topic text NOT NULL,
  partition integer NOT NULL,
  record_offset bigint NOT NULL,
  PRIMARY KEY (stream_id, topic, partition, record_offset, load)
);

-- The rows of loads until all of them are there: what they have of each column that landing writes.
CREATE TABLE transform.load_row (
  stream_id bigint NOT NULL,
  load text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  event_at timestamptz NOT NULL,
  ingested_at timestamptz NOT NULL,
  loaded_at timestamptz NOT NULL,
  extra jsonb,
  columns jsonb NOT NULL
);
CREATE INDEX load_row_load ON transform.load_row (stream_id, load);

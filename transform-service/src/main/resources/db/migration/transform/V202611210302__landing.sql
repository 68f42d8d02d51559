-- Each time that a topic of a name turned up, as topics can be deleted and made anew.
CREATE TABLE transform.landed_topic (
  cluster_id text NOT NULL,
  topic_id uuid NOT NULL,
  topic text NOT NULL,
  generation integer NOT NULL,
  first_seen_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (cluster_id, topic_id)
);
CREATE UNIQUE INDEX landed_topic_generation ON transform.landed_topic (topic, generation);

-- Up to where each partition is in the warehouse. The epoch grows with every new owner.
CREATE TABLE transform.ledger (
  cluster_id text NOT NULL,
  topic_id uuid NOT NULL,
  partition integer NOT NULL,
  topic text NOT NULL,
  next_offset bigint NOT NULL,
  epoch bigint NOT NULL,
  owner text NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (cluster_id, topic_id, partition)
) WITH (fillfactor = 50);

-- A partition that stands still until somebody decides where it goes on.
CREATE TABLE transform.landing_incident (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  cluster_id text NOT NULL,
  topic_id uuid NOT NULL,
  partition integer NOT NULL,
  topic text NOT NULL,
  next_offset bigint NOT NULL,
  log_start bigint NOT NULL,
  log_end bigint NOT NULL,
  found_at timestamptz NOT NULL,
  resolved_at timestamptz,
  resolved_offset bigint
);
CREATE UNIQUE INDEX landing_incident_open
  ON transform.landing_incident (cluster_id, topic_id, partition) WHERE resolved_at IS NULL;

-- What has landed in each relation.
CREATE TABLE transform.landed_stream (
  relation text PRIMARY KEY,
  source text NOT NULL,
  stream text NOT NULL,
  rows bigint NOT NULL,
  duplicates bigint NOT NULL,
  last_event_at timestamptz,
  last_loaded_at timestamptz
);

CREATE TABLE transform.schema_change (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL,
  relation text NOT NULL,
  change text NOT NULL,
  column_name text,
  data_type text,
  origin text,
  revision text NOT NULL,
  topic text,
  partition integer,
  record_offset bigint
);
CREATE INDEX schema_change_relation ON transform.schema_change (relation, id);

-- Records that could not go where they were meant to go, with their bytes as they came.
CREATE TABLE transform.quarantine (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL,
  source text NOT NULL,
  stream text NOT NULL,
  reason text NOT NULL,
  detail text NOT NULL,
  column_name text,
  topic text NOT NULL,
  partition integer NOT NULL,
  record_offset bigint NOT NULL,
  record_at timestamptz,
  record_key bytea,
  headers jsonb NOT NULL,
  value bytea
);
CREATE INDEX quarantine_source ON transform.quarantine (source, stream, reason, id);
CREATE INDEX quarantine_reason ON transform.quarantine (reason, id);

-- Runs of models, and what became of each node in them.
CREATE TABLE transform.run (
  id text PRIMARY KEY,
  -- Names the advisory lock that the process holds for as long as it runs it.
  number integer NOT NULL UNIQUE,
  cause text NOT NULL,
  selection text NOT NULL,
  exclusion text NOT NULL,
  vars jsonb NOT NULL,
  revision text NOT NULL,
  status text NOT NULL,
  message text,
  cancel_requested boolean NOT NULL DEFAULT false,
  idempotency_key text UNIQUE,
  started_at timestamptz NOT NULL,
  ended_at timestamptz
);
CREATE SEQUENCE transform.run_number AS integer CYCLE;
CREATE INDEX run_status ON transform.run (status, number);

CREATE TABLE transform.run_node (
  run_id text NOT NULL REFERENCES transform.run ON DELETE CASCADE,
  node_id text NOT NULL,
  position integer NOT NULL,
  relation text,
  materialized text NOT NULL,
  status text NOT NULL,
  started_at timestamptz,
  ended_at timestamptz,
  rows bigint,
  message text,
  compiled text,
  PRIMARY KEY (run_id, node_id)
);

-- The last attempt at each node: by which revision, and from which versions of what it reads.
CREATE TABLE transform.model_state (
  node_id text PRIMARY KEY,
  revision text NOT NULL,
  inputs text NOT NULL,
  status text NOT NULL,
  run_id text NOT NULL,
  rows bigint,
  message text,
  attempted_at timestamptz NOT NULL,
  built_at timestamptz
);

-- Keys for the metrics doors. A rotated key has two secrets for a while; its id stays, so that what
-- is counted and written down by it goes on.

CREATE TABLE caller_key (
  id text PRIMARY KEY,
  name text NOT NULL,
  -- What a token's payload would be.
  context jsonb NOT NULL CHECK (jsonb_typeof(context) = 'object'),
  scopes text[] NOT NULL,
  -- SHA-256 of the whole key. A key has 256 random bits, so that a slow hash would add nothing.
  hash bytea NOT NULL CHECK (length(hash) = 32),
  previous_hash bytea CHECK (length(previous_hash) = 32),
  previous_until timestamptz,
  created_at timestamptz NOT NULL,
  created_by text NOT NULL,
  rotated_at timestamptz,
  rotated_by text,
  expires_at timestamptz,
  revoked_at timestamptz,
  revoked_by text,
  last_used_at timestamptz,
  -- Its own budgets, where they differ from what the settings give everybody.
  requests_per_second double precision,
  burst integer,
  concurrent_queries integer,
  rows_per_day bigint,
  -- Claims that pages embedded with this key may be given beyond its own.
  grants jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(grants) = 'object')
);

CREATE UNIQUE INDEX caller_key_name ON caller_key (name) WHERE revoked_at IS NULL;
CREATE INDEX caller_key_created_at ON caller_key (created_at, id);

-- What each service keeps for its operators, in the service's own schema.

CREATE TABLE api_key (
  id text PRIMARY KEY,
  name text NOT NULL,
  role text NOT NULL CHECK (role IN ('reader', 'operator', 'admin')),
  -- SHA-256 of the whole key. A key has 256 random bits, so that a slow hash would add nothing.
  hash bytea NOT NULL CHECK (length(hash) = 32),
  created_at timestamptz NOT NULL,
  created_by text NOT NULL,
  expires_at timestamptz,
  revoked_at timestamptz,
  revoked_by text,
  replaced_by text REFERENCES api_key (id) DEFERRABLE INITIALLY DEFERRED,
  last_used_at timestamptz
);

-- A replaced key may live on for a while beside the one that has its name now.
CREATE UNIQUE INDEX api_key_name ON api_key (name) WHERE revoked_at IS NULL AND replaced_by IS NULL;

CREATE TABLE audit (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL,
  actor text,
  role text,
  credential text,
  method text NOT NULL,
  path text NOT NULL,
  reason text,
  -- Empty while the action runs, and for good if the process died in it.
  status integer,
  remote_address text NOT NULL,
  trace_id text
);

CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_actor ON audit (actor, id);

CREATE TABLE project_revision (
  revision text PRIMARY KEY,
  loaded_at timestamptz NOT NULL,
  -- A zip of the files as they stood, with ${NAME} unresolved: no secret comes in here.
  files bytea NOT NULL
);

CREATE INDEX project_revision_loaded_at ON project_revision (loaded_at);

-- Secrets that serving makes for itself, the same for all its replicas.
CREATE TABLE serving_secret (
  name text PRIMARY KEY,
  secret bytea NOT NULL
);

-- What addresses of embedded answers stand for. They end by themselves.
CREATE TABLE embed (
  id text PRIMARY KEY,
  -- Whose key or token made it; when that key is taken away, the address is of no use.
  kind text NOT NULL CHECK (kind IN ('key', 'token')),
  name text NOT NULL,
  key_id text,
  -- As they were signed, to the byte.
  context text NOT NULL,
  query text NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);

CREATE INDEX embed_expires_at ON embed (expires_at);

-- What the service tells others, written in the transaction of what it tells.
CREATE TABLE transform.outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  topic text NOT NULL,
  key text NOT NULL,
  payload text NOT NULL,
  written_at timestamptz NOT NULL DEFAULT now()
);

-- Counts the changes of each relation of the warehouse.
CREATE TABLE transform.relation_version (
  relation text PRIMARY KEY,
  version bigint NOT NULL
);

-- Who saw which data: names of members, never values.

CREATE TABLE data_access (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL,
  account text NOT NULL,
  key_id text,
  tenant text,
  groups text[] NOT NULL,
  door text NOT NULL,
  measures text[] NOT NULL,
  dimensions text[] NOT NULL,
  filters text[] NOT NULL,
  segments text[] NOT NULL,
  rows bigint NOT NULL,
  bytes bigint NOT NULL,
  millis bigint NOT NULL,
  cached text NOT NULL,
  outcome text NOT NULL,
  status integer NOT NULL,
  request_id text NOT NULL,
  trace_id text
);

CREATE INDEX data_access_at ON data_access (at);
CREATE INDEX data_access_account ON data_access (account, id);
CREATE INDEX data_access_tenant ON data_access (tenant, id) WHERE tenant IS NOT NULL;

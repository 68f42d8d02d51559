-- What callers of the metrics doors used, by day in UTC; an empty tenant is none.

CREATE TABLE caller_usage (
  day date NOT NULL,
  account text NOT NULL,
  tenant text NOT NULL,
  requests bigint NOT NULL,
  refused bigint NOT NULL,
  rows bigint NOT NULL,
  bytes bigint NOT NULL,
  millis bigint NOT NULL,
  PRIMARY KEY (day, account, tenant)
) WITH (fillfactor = 50);

CREATE INDEX caller_usage_tenant ON caller_usage (day, tenant);

-- Relations that live models follow, and up to which version each model has what changed there.
CREATE TABLE transform.live_input (
  relation text NOT NULL,
  model text NOT NULL,
  version bigint NOT NULL,
  PRIMARY KEY (relation, model)
) WITH (fillfactor = 50);

-- What one transaction changed in such a relation. The version is the one that the same transaction gave the relation; one
-- without a row here was a change of which no more is known.
CREATE TABLE transform.change_batch (
  relation text NOT NULL,
  version bigint NOT NULL,
  -- A table that is made anew is another one.
  table_oid oid NOT NULL,
  -- What the rows have as _mr_loaded_at.
  loaded_at timestamptz NOT NULL,
  -- Rows that were added, if it is a table to which rows are only added.
  rows bigint NOT NULL,
  earliest_event_at timestamptz,
  latest_event_at timestamptz,
  -- Whose rows changed or went, in a table where rows do; null where that is not known.
  keys text[] STORAGE EXTERNAL,
  PRIMARY KEY (relation, version)
);

-- Live models as the last run wants them that built each, and how they are.
CREATE TABLE transform.live_model (
  model text PRIMARY KEY,
  relation_schema text NOT NULL,
  relation_name text NOT NULL,
  sql text NOT NULL,
  -- What the table has beside its rows, as JSON.
  options text NOT NULL,
  -- How often runs have asked for it, and which of them was the last that wanted it built anew.
  asked bigint NOT NULL DEFAULT 1,
  refreshed bigint NOT NULL DEFAULT 0,
  -- Up to which of them it had all that there was, or had failed.
  answered bigint NOT NULL DEFAULT 0,
  state text NOT NULL DEFAULT 'waiting',
  form text NOT NULL DEFAULT '',
  failure text,
  since timestamptz NOT NULL,
  -- Whether nobody wants it any more: what belongs to it is to go.
  retired boolean NOT NULL DEFAULT false
);

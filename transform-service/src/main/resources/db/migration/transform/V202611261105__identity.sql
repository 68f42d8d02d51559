-- Which identities each appended table has, so that none lands twice, whenever it comes again. An index on the table
-- itself would cost as much as the rest of a row, and more the larger it is. Identities are fingerprints of 16 bytes.
CREATE TABLE transform.identity_stream (
  relation text PRIMARY KEY,
  -- A table that is dropped and made anew is another one, and knows nothing.
  table_oid oid NOT NULL,
  -- Grows with every change of the segments.
  layout bigint NOT NULL,
  next_batch bigint NOT NULL,
  -- Batches up to here are in segments.
  sealed_batch bigint NOT NULL
) WITH (fillfactor = 50);

-- Who makes segments of a table holds its row here, so that landers need not wait for it.
CREATE TABLE transform.identity_upkeep (
  relation text PRIMARY KEY REFERENCES transform.identity_stream ON DELETE CASCADE
);

-- What each transaction added, in the order of commits.
CREATE TABLE transform.identity_batch (
  relation text NOT NULL REFERENCES transform.identity_stream ON DELETE CASCADE,
  batch bigint NOT NULL,
  at timestamptz NOT NULL,
  fingerprints bytea STORAGE EXTERNAL NOT NULL,
  PRIMARY KEY (relation, batch)
);

-- What many of them added, by the first bits of the fingerprint, with a filter that tells most of what is not in it.
CREATE TABLE transform.identity_segment (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  relation text NOT NULL REFERENCES transform.identity_stream ON DELETE CASCADE,
  identities bigint NOT NULL,
  bucket_bits integer NOT NULL,
  filter bytea STORAGE EXTERNAL NOT NULL,
  made_at timestamptz NOT NULL,
  -- In a larger one since; kept for a while for those who still look here.
  replaced_at timestamptz
);
CREATE INDEX identity_segment_relation ON transform.identity_segment (relation);

CREATE TABLE transform.identity_bucket (
  segment bigint NOT NULL REFERENCES transform.identity_segment ON DELETE CASCADE,
  bucket integer NOT NULL,
  fingerprints bytea STORAGE EXTERNAL NOT NULL,
  PRIMARY KEY (segment, bucket)
);

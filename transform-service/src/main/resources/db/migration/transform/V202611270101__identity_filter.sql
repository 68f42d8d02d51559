-- A filter grows with its segment, to some 130 MB. In parts, nobody has to hold more of it than one of them while it is
-- written or read.
CREATE TABLE transform.identity_filter (
  segment bigint NOT NULL REFERENCES transform.identity_segment ON DELETE CASCADE,
  -- From zero; all but the last have 1 MB.
  part integer NOT NULL,
  bytes bytea STORAGE EXTERNAL NOT NULL,
  PRIMARY KEY (segment, part)
);

INSERT INTO transform.identity_filter (segment, part, bytes)
SELECT s.id, n, substr(s.filter, (n << 20) + 1, 1 << 20)
FROM transform.identity_segment s, generate_series(0, (length(s.filter) - 1) >> 20) n;

ALTER TABLE transform.identity_segment ADD COLUMN filter_bytes integer NOT NULL DEFAULT 0;
UPDATE transform.identity_segment SET filter_bytes = length(filter);
ALTER TABLE transform.identity_segment ALTER COLUMN filter_bytes DROP DEFAULT, DROP COLUMN filter;

-- Half of what a bucket cost went into looking whether its segment was there. What is to hold stays so: buckets are
-- written by who has just made their segment, and go with it.
ALTER TABLE transform.identity_bucket DROP CONSTRAINT identity_bucket_segment_fkey;

CREATE FUNCTION transform.remove_identity_buckets() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM transform.identity_bucket b USING removed r WHERE b.segment = r.id;
  RETURN NULL;
END
$$;
CREATE TRIGGER remove_buckets AFTER DELETE ON transform.identity_segment
  REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION transform.remove_identity_buckets();

-- A segment is of the table that it was made for, whatever becomes of the name meanwhile.
ALTER TABLE transform.identity_segment ADD COLUMN table_oid oid;
UPDATE transform.identity_segment g SET table_oid = s.table_oid
FROM transform.identity_stream s WHERE s.relation = g.relation;
ALTER TABLE transform.identity_segment ALTER COLUMN table_oid SET NOT NULL;

-- What is known of the version that each relation has.
ALTER TABLE transform.relation_version
  ADD COLUMN changed_at timestamptz,
  ADD COLUMN watermark timestamptz,
  ADD COLUMN failed_checks text[] NOT NULL DEFAULT '{}';

-- For whoever reads the warehouse, to be read in the snapshot of what it is said of. This view is what others may rely on;
-- the table behind it is not.
CREATE VIEW transform.freshness AS
  SELECT relation, version, changed_at, watermark, failed_checks FROM transform.relation_version;
GRANT USAGE ON SCHEMA transform TO millrace_reader;
GRANT SELECT ON transform.freshness TO millrace_reader;

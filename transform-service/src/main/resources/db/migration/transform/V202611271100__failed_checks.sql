-- Tests that failed on the rows that a relation has now. They go with each message about it, so that who reads it can say so.
CREATE TABLE transform.failed_check (
  -- Schema and name, unquoted, joined by a dot.
  relation text NOT NULL,
  -- Id of the test in its project.
  check_id text NOT NULL,
  name text NOT NULL,
  PRIMARY KEY (relation, check_id)
);

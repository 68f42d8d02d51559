-- outside_log: a partition stands still; retention: what has not landed is about to leave the log.
ALTER TABLE transform.landing_incident ADD COLUMN kind text NOT NULL DEFAULT 'outside_log';
DROP INDEX transform.landing_incident_open;
CREATE UNIQUE INDEX landing_incident_open
  ON transform.landing_incident (cluster_id, topic_id, partition, kind) WHERE resolved_at IS NULL;

-- Which process does what only one of them does, and until when it is sure to.
CREATE TABLE transform.landing_duty (
  duty text PRIMARY KEY,
  holder text NOT NULL,
  until timestamptz NOT NULL
);

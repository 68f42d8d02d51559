-- Anybody can be refused, so that refusals get old and go; what was done stays.

ALTER TABLE audit ADD COLUMN refused boolean NOT NULL DEFAULT false;

-- An action has its entry before its outcome, and is let in by then: these never were.
UPDATE audit SET refused = true WHERE status IN (401, 403);

CREATE INDEX audit_refused_at ON audit (at) WHERE refused;

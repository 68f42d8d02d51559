-- What alerts found, whom they told, and what keeps them silent.

CREATE TABLE alert (
  name text PRIMARY KEY,
  -- Each evaluation takes the row by a lease, so that one replica at a time does it. Who dies loses
  -- it when its time is over.
  next_at timestamptz NOT NULL,
  lease text,
  lease_until timestamptz,
  evaluated_at timestamptz,
  -- Evaluations in a row that failed.
  failures integer NOT NULL DEFAULT 0,
  error text,
  error_since timestamptz,
  error_told boolean NOT NULL DEFAULT false,
  note text,
  -- Whom it told last, so that they hear of its end when it has left the project.
  channels jsonb NOT NULL,
  -- When a project that has it was in force somewhere.
  seen_at timestamptz NOT NULL
);

CREATE INDEX alert_next_at ON alert (next_at);

CREATE TABLE alert_instance (
  alert text NOT NULL REFERENCES alert (name) ON DELETE CASCADE,
  -- The values of the query's dimensions, as JSON with sorted keys.
  key text NOT NULL,
  labels jsonb NOT NULL,
  state text NOT NULL CHECK (state IN ('inactive', 'pending', 'firing', 'resolved')),
  since timestamptz NOT NULL,
  pending_since timestamptz,
  clear_since timestamptz,
  fired_at timestamptz,
  resolved_at timestamptz,
  value numeric,
  note text,
  evidence jsonb,
  -- What receivers know of it.
  told text CHECK (told IN ('firing', 'resolved')),
  told_at timestamptz,
  muted_by text,
  acknowledged_at timestamptz,
  acknowledged_by text,
  acknowledged_note text,
  seen_at timestamptz NOT NULL,
  PRIMARY KEY (alert, key)
) WITH (fillfactor = 70);

CREATE INDEX alert_instance_state ON alert_instance (state, alert, key);

CREATE TABLE alert_history (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- No reference: it outlives the alert.
  alert text NOT NULL,
  key text NOT NULL,
  labels jsonb NOT NULL,
  at timestamptz NOT NULL,
  from_state text NOT NULL,
  to_state text NOT NULL,
  value numeric,
  -- Why: the values that were looked at, or who did it.
  evidence jsonb NOT NULL
);

CREATE INDEX alert_history_alert ON alert_history (alert, id);
CREATE INDEX alert_history_at ON alert_history (at);

CREATE TABLE alert_silence (
  id text PRIMARY KEY,
  matchers jsonb NOT NULL,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  created_by text NOT NULL,
  comment text NOT NULL
);

CREATE INDEX alert_silence_ends_at ON alert_silence (ends_at);

-- Written in the transaction of the change that it tells, sent after it until it arrives.
CREATE TABLE alert_notification (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- Receivers know a repetition by it.
  id text NOT NULL UNIQUE,
  alert text NOT NULL,
  channel text NOT NULL,
  group_labels jsonb NOT NULL,
  group_key text NOT NULL,
  status text NOT NULL CHECK (status IN ('firing', 'resolved')),
  items jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'delivered', 'given_up')),
  next_attempt_at timestamptz NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  delivered_at timestamptz,
  last_error text
);

CREATE INDEX alert_notification_waiting ON alert_notification (next_attempt_at) WHERE state = 'waiting';
CREATE INDEX alert_notification_group ON alert_notification (channel, alert, group_key, seq) WHERE state = 'waiting';
CREATE INDEX alert_notification_alert ON alert_notification (alert, seq);
CREATE INDEX alert_notification_created_at ON alert_notification (created_at);

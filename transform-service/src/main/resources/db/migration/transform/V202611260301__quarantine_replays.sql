-- Headers in their order and each by its own bytes: {name, value}, or {name, base64} where the bytes
-- are no text. Until now there was one value a name, as text, and what came of that stays.
ALTER TABLE transform.quarantine
  ADD COLUMN topic_generation integer,
  ADD COLUMN state text NOT NULL DEFAULT 'held' CHECK (state IN ('held', 'replayed', 'discarded')),
  ADD COLUMN attempts integer NOT NULL DEFAULT 0,
  ADD COLUMN attempted_at timestamptz,
  ADD COLUMN decided_at timestamptz,
  ADD COLUMN decided_by text,
  ADD COLUMN decided_why text,
  ADD COLUMN replay_id bigint;

UPDATE transform.quarantine q SET
  headers = (
    SELECT coalesce(jsonb_agg(jsonb_build_object('name', h.key, 'value', h.value)), '[]')
    FROM jsonb_each_text(q.headers) h),
  topic_generation = coalesce((
    SELECT max(t.generation) FROM transform.landed_topic t
    WHERE t.topic = q.topic AND t.first_seen_at <= q.at), 1);

ALTER TABLE transform.quarantine ALTER COLUMN topic_generation SET NOT NULL;

-- What nobody has decided on, and what may be forgotten after a while.
CREATE INDEX quarantine_held ON transform.quarantine (id) WHERE state = 'held';
CREATE INDEX quarantine_decided ON transform.quarantine (decided_at) WHERE state <> 'held';

-- Records of the quarantine that are to land after all, chunk by chunk.
CREATE TABLE transform.quarantine_replay (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  filter jsonb NOT NULL,
  -- As text: jsonb would not keep numbers as they are written.
  patch text,
  stream text,
  record_limit bigint,
  asked_by text NOT NULL,
  asked_at timestamptz NOT NULL,
  state text NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
  -- Records that came later do not belong to it.
  up_to_id bigint NOT NULL,
  last_id bigint NOT NULL DEFAULT 0,
  matched bigint NOT NULL,
  landed bigint NOT NULL DEFAULT 0,
  duplicates bigint NOT NULL DEFAULT 0,
  left_out bigint NOT NULL DEFAULT 0,
  refused_again bigint NOT NULL DEFAULT 0,
  started_at timestamptz,
  ended_at timestamptz,
  error text
);
CREATE INDEX quarantine_replay_open ON transform.quarantine_replay (id)
  WHERE state IN ('queued', 'running');

-- Sources whose records are not to land until somebody says so.
CREATE TABLE transform.landing_control (
  source text PRIMARY KEY,
  paused_at timestamptz NOT NULL,
  paused_by text NOT NULL,
  reason text NOT NULL
);

-- Each time that somebody set a partition back, or forward over records that are not to land.
CREATE TABLE transform.landing_move (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL,
  moved_by text NOT NULL,
  reason text NOT NULL,
  source text NOT NULL,
  topic text NOT NULL,
  partition integer NOT NULL,
  from_offset bigint NOT NULL,
  to_offset bigint NOT NULL
);

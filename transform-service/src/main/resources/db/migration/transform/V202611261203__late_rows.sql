-- Rows that happened long before the latest one that was there.
ALTER TABLE transform.landed_stream ADD COLUMN late_rows bigint NOT NULL DEFAULT 0;

-- Of a check that no agent runs and somebody reports: when its next result is late, and the greatest number when never.
-- None: an agent runs it.
ALTER TABLE checks ADD COLUMN late_at BIGINT;

-- When a value of a series came last, unix milliseconds, to about a day: only those of the last week count towards what
-- an agent may have, so that names which come and go do not use it up.
ALTER TABLE series ADD COLUMN seen BIGINT NOT NULL DEFAULT 0;

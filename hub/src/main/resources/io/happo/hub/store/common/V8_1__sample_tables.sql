-- What is gathered, and is still to be sent on.
CREATE TABLE samples_waiting (
  number   BIGINT PRIMARY KEY,
  agent    BIGINT NOT NULL,
  received BIGINT NOT NULL,
  data     ${bytes} NOT NULL
);

CREATE TABLE sample_tables (
  level  TEXT NOT NULL,
  period BIGINT NOT NULL,
  PRIMARY KEY (level, period)
);

-- Of each level: what is from before that time is not kept.
CREATE TABLE sample_horizons (
  level  TEXT PRIMARY KEY,
  before BIGINT NOT NULL
);

-- Up to which number each output has sent.
CREATE TABLE sample_positions (
  output TEXT PRIMARY KEY,
  number BIGINT NOT NULL
);

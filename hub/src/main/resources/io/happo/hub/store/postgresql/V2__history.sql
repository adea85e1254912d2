CREATE TABLE results (
  check_number BIGINT NOT NULL,
  time         BIGINT NOT NULL,
  epoch        BIGINT NOT NULL,
  sequence     BIGINT NOT NULL,
  status       SMALLINT NOT NULL,
  exit         SMALLINT NOT NULL,
  duration_ms  BIGINT NOT NULL,
  plan         BIGINT NOT NULL,
  output       TEXT NOT NULL,
  PRIMARY KEY (check_number, time, epoch, sequence)
);

-- value: none where the plugin could not tell it.
CREATE TABLE samples (
  series   BIGINT NOT NULL,
  time     BIGINT NOT NULL,
  epoch    BIGINT NOT NULL,
  sequence BIGINT NOT NULL,
  value    DOUBLE PRECISION,
  PRIMARY KEY (series, time, epoch, sequence)
);

-- Rows that change with each result find room on their own page.
ALTER TABLE checks SET (fillfactor = 60);
ALTER TABLE epochs SET (fillfactor = 60);

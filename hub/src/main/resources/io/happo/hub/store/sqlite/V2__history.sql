-- Rows are appended to the recent tables, which have no key, and move in sorted chunks into the clustered ones: a
-- page of these is then written once for many rows of it. Readers see both as one.

CREATE TABLE results_recent (
  check_number INTEGER NOT NULL,
  time         INTEGER NOT NULL,
  epoch        INTEGER NOT NULL,
  sequence     INTEGER NOT NULL,
  status       INTEGER NOT NULL,
  exit         INTEGER NOT NULL,
  duration_ms  INTEGER NOT NULL,
  plan         INTEGER NOT NULL,
  output       TEXT NOT NULL
);

CREATE TABLE results_settled (
  check_number INTEGER NOT NULL,
  time         INTEGER NOT NULL,
  epoch        INTEGER NOT NULL,
  sequence     INTEGER NOT NULL,
  status       INTEGER NOT NULL,
  exit         INTEGER NOT NULL,
  duration_ms  INTEGER NOT NULL,
  plan         INTEGER NOT NULL,
  output       TEXT NOT NULL,
  PRIMARY KEY (check_number, time, epoch, sequence)
) WITHOUT ROWID;

CREATE VIEW results AS
  SELECT * FROM results_settled UNION ALL SELECT * FROM results_recent;

-- value: none where the plugin could not tell it.
CREATE TABLE samples_recent (
  series   INTEGER NOT NULL,
  time     INTEGER NOT NULL,
  epoch    INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  value    REAL
);

CREATE TABLE samples_settled (
  series   INTEGER NOT NULL,
  time     INTEGER NOT NULL,
  epoch    INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  value    REAL,
  PRIMARY KEY (series, time, epoch, sequence)
) WITHOUT ROWID;

CREATE VIEW samples AS
  SELECT * FROM samples_settled UNION ALL SELECT * FROM samples_recent;

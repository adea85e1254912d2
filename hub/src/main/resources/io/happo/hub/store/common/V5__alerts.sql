-- How often a check changed lately, two bits a hard state, and whether that is too often to tell each change.
ALTER TABLE checks ADD COLUMN hard_states BIGINT NOT NULL DEFAULT 0;
ALTER TABLE checks ADD COLUMN flapping BOOLEAN NOT NULL DEFAULT FALSE;

-- How it stands between a rule of the plan and a check that is in trouble, or was.
CREATE TABLE alerts (
  rule         TEXT NOT NULL,
  check_number BIGINT NOT NULL,
  status       INTEGER NOT NULL,     -- that was told last; 0: none
  told_at      BIGINT NOT NULL,
  steps        INTEGER NOT NULL,
  count        INTEGER NOT NULL,
  flapping     BOOLEAN NOT NULL,
  acknowledged BOOLEAN NOT NULL,
  incident     TEXT NOT NULL,
  channels     TEXT NOT NULL,
  gate         TEXT NOT NULL,
  why          TEXT NOT NULL,
  since        BIGINT NOT NULL,
  PRIMARY KEY (rule, check_number)
);

-- What was told, and what was not, and why.
CREATE TABLE notes (
  number       ${key},
  time         BIGINT NOT NULL,
  rule         TEXT NOT NULL,
  check_number BIGINT NOT NULL,
  kind         TEXT NOT NULL,
  status       INTEGER NOT NULL,
  gate         TEXT NOT NULL,
  why          TEXT NOT NULL
);
CREATE INDEX notes_of_check ON notes (check_number, time);
CREATE INDEX notes_by_time ON notes (time);

-- By what people are told. What is secret of the settings is encrypted.
CREATE TABLE channels (
  name       TEXT PRIMARY KEY,
  kind       TEXT NOT NULL,
  settings   TEXT NOT NULL,
  secrets    ${bytes} NOT NULL,
  changed_by TEXT NOT NULL,
  changed_at BIGINT NOT NULL
);

-- Messages, from the change of state until they are delivered or given up.
CREATE TABLE messages (
  number       ${key},
  channel      TEXT NOT NULL,
  content      TEXT NOT NULL,
  created_at   BIGINT NOT NULL,
  tries        INTEGER NOT NULL,
  next_at      BIGINT,               -- none: delivered, or given up
  delivered_at BIGINT,
  problem      TEXT NOT NULL
);
CREATE INDEX messages_due ON messages (next_at);
CREATE INDEX messages_by_time ON messages (created_at);

CREATE TABLE silences (
  number          ${key},
  downtime        BOOLEAN NOT NULL,
  target          TEXT NOT NULL,
  checks          TEXT NOT NULL,
  begins_at       BIGINT NOT NULL,
  ends_at         BIGINT,            -- none: when somebody ends it
  until_well      BOOLEAN NOT NULL,
  flexible_millis BIGINT NOT NULL,
  started_at      BIGINT NOT NULL,
  times           TEXT NOT NULL,
  timezone        TEXT NOT NULL,
  author          TEXT NOT NULL,
  reason          TEXT NOT NULL,
  created_at      BIGINT NOT NULL
);

CREATE TABLE acknowledgements (
  check_number BIGINT PRIMARY KEY,
  status       INTEGER NOT NULL,
  sticky       BOOLEAN NOT NULL,
  author       TEXT NOT NULL,
  comment      TEXT NOT NULL,
  at           BIGINT NOT NULL
);

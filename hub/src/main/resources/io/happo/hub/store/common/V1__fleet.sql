-- What both engines keep alike. Times are unix milliseconds; tags, facts, details and problems are JSON.

CREATE TABLE hub (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

-- Joining. Of a secret there is its SHA-256 alone.
CREATE TABLE tokens (
  number     ${key},
  secret     ${bytes} NOT NULL UNIQUE,
  label      TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT,          -- none: never
  uses_left  INTEGER,         -- none: any number
  tags       TEXT NOT NULL,
  approves   BOOLEAN NOT NULL,
  revoked_at BIGINT
);

CREATE TABLE agents (
  number        ${key},
  id            TEXT NOT NULL UNIQUE,
  public_key    ${bytes} NOT NULL,
  name          TEXT NOT NULL,
  state         TEXT NOT NULL CHECK (state IN ('pending', 'joined', 'revoked', 'left')),
  tags          TEXT NOT NULL,
  facts         TEXT NOT NULL,
  version       TEXT NOT NULL,
  boot_id       TEXT NOT NULL,
  token         BIGINT REFERENCES tokens (number),
  joined_at     BIGINT NOT NULL,
  last_seen_at  BIGINT NOT NULL,
  via           TEXT NOT NULL,
  plan_wanted   TEXT NOT NULL,
  plan_reported TEXT NOT NULL,
  plan_problems TEXT NOT NULL
);

-- What intake writes. Nothing of it refers to agents by a foreign key: what was measured is kept.

-- The sequences that are stored of an agent's queue. Whoever changes them must name the revision that was read.
CREATE TABLE epochs (
  number     ${key},
  agent      BIGINT NOT NULL,
  epoch      TEXT NOT NULL,
  ranges     TEXT NOT NULL,
  revision   BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  UNIQUE (agent, epoch)
);

CREATE TABLE plan_hashes (
  number ${key},
  hash   TEXT NOT NULL UNIQUE
);

-- A check by its name, and its current state; no state before the first result.
CREATE TABLE checks (
  number      ${key},
  agent       BIGINT NOT NULL,
  name        TEXT NOT NULL,
  time        BIGINT,
  ordered_at  BIGINT,
  epoch       BIGINT,
  sequence    BIGINT,
  status      INTEGER,
  since       BIGINT,
  attempt     INTEGER,
  hard_status INTEGER,
  hard_since  BIGINT,
  occurrences INTEGER,
  peak        INTEGER,
  exit        INTEGER,
  duration_ms BIGINT,
  plan        BIGINT,
  output      TEXT,
  UNIQUE (agent, name)
);

-- check_number 0: measured by no check. Thresholds are the latest, as printed.
CREATE TABLE series (
  number       ${key},
  agent        BIGINT NOT NULL,
  check_number BIGINT NOT NULL,
  host         TEXT NOT NULL,
  name         TEXT NOT NULL,
  unit         TEXT NOT NULL,
  warn         TEXT NOT NULL,
  crit         TEXT NOT NULL,
  low          TEXT NOT NULL,
  high         TEXT NOT NULL,
  UNIQUE (agent, check_number, host, name, unit)
);

CREATE TABLE events (
  number   ${key},
  agent    BIGINT NOT NULL,
  time     BIGINT NOT NULL,
  epoch    BIGINT NOT NULL,
  sequence BIGINT NOT NULL,
  name     TEXT NOT NULL,
  text     TEXT NOT NULL,
  details  TEXT NOT NULL
);
CREATE INDEX events_of_agent ON events (agent, time);
CREATE INDEX events_by_time ON events (time);

-- What agents are to run. Each version is made from one before it, the first from 0: a chain, since each is
-- followed once.
CREATE TABLE plan_versions (
  number     ${key},
  follows    BIGINT NOT NULL UNIQUE,
  document   TEXT NOT NULL,
  author     TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  comment    TEXT NOT NULL
);

CREATE TABLE bundles (
  sha256     TEXT PRIMARY KEY,
  name       TEXT NOT NULL,
  kind       TEXT NOT NULL,
  size       BIGINT NOT NULL,
  content    ${bytes} NOT NULL,
  signature  ${bytes} NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

-- Who may do what, and who did.
CREATE TABLE users (
  name       TEXT PRIMARY KEY,
  role       TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
  password   TEXT NOT NULL,   -- Argon2's text form
  created_at BIGINT NOT NULL
);

CREATE TABLE api_tokens (
  number       ${key},
  secret       ${bytes} NOT NULL UNIQUE,
  user_name    TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE,
  label        TEXT NOT NULL,
  created_at   BIGINT NOT NULL,
  expires_at   BIGINT,
  last_used_at BIGINT
);

CREATE TABLE web_sessions (
  secret     ${bytes} PRIMARY KEY,
  user_name  TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE,
  csrf       TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);

CREATE TABLE audit (
  number  ${key},
  time    BIGINT NOT NULL,
  who     TEXT NOT NULL,
  action  TEXT NOT NULL,
  target  TEXT NOT NULL,
  details TEXT NOT NULL
);

-- Where what was measured is sent on to.
CREATE TABLE outputs (
  name       TEXT PRIMARY KEY,
  kind       TEXT NOT NULL,
  settings   TEXT NOT NULL,
  secrets    ${bytes} NOT NULL,
  changed_by TEXT NOT NULL,
  changed_at BIGINT NOT NULL
);

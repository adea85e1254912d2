-- Graphs that people look at together. Those that come with the hub are not here.
CREATE TABLE dashboards (
  name       TEXT PRIMARY KEY,
  revision   BIGINT NOT NULL,      -- another one with each change
  document   TEXT NOT NULL,        -- JSON
  changed_by TEXT NOT NULL,
  changed_at BIGINT NOT NULL
);

-- What machines have of something, as it was from a time on. A row for each change.
CREATE TABLE inventory (
  agent    BIGINT NOT NULL,
  name     TEXT NOT NULL,
  since    BIGINT NOT NULL,   -- when it was first found so, unix milliseconds
  seen     BIGINT NOT NULL,   -- and last
  lines    INTEGER NOT NULL,
  digest   TEXT NOT NULL,     -- SHA-256 of the text, hexadecimal
  content  ${bytes} NOT NULL, -- the text in UTF-8, deflated (RFC 1950)
  PRIMARY KEY (agent, name, since)
);
CREATE INDEX inventory_by_name ON inventory (name, agent);

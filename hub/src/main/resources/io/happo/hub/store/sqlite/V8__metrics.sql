-- What is measured. Values are appended, packed, to samples_recent, and gathered from there in chunks, of which a table
-- holds those of a level (raw, 5m, 1h) and a period: samples_LEVEL_PERIOD (number, data), made when it is needed
-- and dropped as a whole.
DROP VIEW samples;
DROP TABLE samples_recent;
DROP TABLE samples_settled;

-- Numbers never come again: who sends values on remembers by them how far it has come.
CREATE TABLE samples_recent (
  number   INTEGER PRIMARY KEY AUTOINCREMENT,
  agent    INTEGER NOT NULL,
  received INTEGER NOT NULL,
  data     BLOB NOT NULL
);
CREATE INDEX samples_recent_of_agent ON samples_recent (agent);

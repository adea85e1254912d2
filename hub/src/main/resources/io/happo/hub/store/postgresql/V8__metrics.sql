-- What is measured. Values are appended, packed, to samples_recent, and gathered from there in chunks, of which a table
-- holds those of a level (raw, 5m, 1h) and a period: samples_LEVEL_PERIOD (number, data), made when it is needed
-- and dropped as a whole.
DROP TABLE samples;

-- Numbers never come again: who sends values on remembers by them how far it has come.
CREATE TABLE samples_recent (
  number   BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  agent    BIGINT NOT NULL,
  received BIGINT NOT NULL,
  data     BYTEA NOT NULL
);
CREATE INDEX samples_recent_of_agent ON samples_recent (agent);

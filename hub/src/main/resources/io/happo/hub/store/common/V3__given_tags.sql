-- Of an agent's tags those that the hub has given, which count more than what the agent says itself; an empty value:
-- the tag was taken away.
ALTER TABLE agents ADD COLUMN given_tags TEXT NOT NULL DEFAULT '{}';
UPDATE agents SET given_tags = tags;

-- How many checks are well, and which are not.
CREATE INDEX checks_by_status ON checks (status);

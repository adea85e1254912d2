-- How many checks are well, and which are not: counted without a look at the rows.
CREATE INDEX checks_by_status ON checks (status, agent);
CREATE INDEX alerts_of_check ON alerts (check_number);

-- Nobody asked for it: the plan that an agent is to run follows from the versions of the plan.
ALTER TABLE agents DROP COLUMN plan_wanted;

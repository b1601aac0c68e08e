-- Ask for the approval steps that are next, each due after its own hours.
-- In:    company_id int, step_ids bigint[], hours int[] (one element a step), at timestamptz
-- Out:   nothing
-- Needs: the steps' orders locked
UPDATE approval_step
   SET asked_at = %(at)s::TIMESTAMPTZ, due_at = %(at)s::TIMESTAMPTZ + make_interval(hours => following.hours)
  FROM unnest(%(step_ids)s::BIGINT[], %(hours)s::INT[]) AS following (id, hours)
 WHERE approval_step.company_id = %(company_id)s::INT AND approval_step.id = following.id

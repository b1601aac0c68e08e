-- Lift what holds orders, and their lines, when an approver turns them down.
-- In:    company_id int, order_ids bigint[], at timestamptz, actor_id int, reason text
-- Out:   nothing
-- Needs: the orders locked
UPDATE hold
   SET lifted_at = %(at)s::TIMESTAMPTZ, lifted_by_id = %(actor_id)s::INT, lifted_because = %(reason)s::TEXT
 WHERE company_id = %(company_id)s::INT AND order_id = ANY(%(order_ids)s::BIGINT[]) AND lifted_at IS NULL

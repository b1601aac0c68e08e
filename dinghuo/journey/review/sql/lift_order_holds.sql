-- Lift what holds an order, and its lines, when an approver turns it down.
-- In:    company_id int, order_id bigint, at timestamptz, actor_id int, reason text
-- Out:   nothing
-- Needs: the order locked
UPDATE hold
   SET lifted_at = %(at)s::TIMESTAMPTZ, lifted_by_id = %(actor_id)s::INT, lifted_because = %(reason)s::TEXT
 WHERE company_id = %(company_id)s::INT AND order_id = %(order_id)s::BIGINT AND lifted_at IS NULL

-- What holds some orders as a whole today.
-- In:    company_id int, order_ids bigint[]
-- Out:   order_id bigint, rule_id bigint (null: a person holds it)
-- Needs: the orders locked
SELECT hold.order_id, hold.rule_id
  FROM hold
 WHERE hold.company_id = %(company_id)s::INT AND hold.order_id = ANY(%(order_ids)s::BIGINT[])
   AND hold.lifted_at IS NULL AND hold.order_line_id IS NULL
 ORDER BY hold.order_id, hold.id

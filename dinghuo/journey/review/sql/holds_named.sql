-- Holds with the state of their orders.
-- In:    company_id int, hold_ids bigint[]
-- Out:   id bigint, order_id bigint, order_line_id bigint, order_state text, order_version int, is_open boolean
-- Needs: nothing before; lock the orders, then read again
SELECT hold.id, hold.order_id, hold.order_line_id, sales_order.state AS order_state, sales_order.version AS order_version,
       hold.lifted_at IS NULL AS is_open
  FROM hold
  JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = hold.order_id
 WHERE hold.company_id = %(company_id)s::INT AND hold.id = ANY(%(hold_ids)s::BIGINT[])
 ORDER BY hold.id

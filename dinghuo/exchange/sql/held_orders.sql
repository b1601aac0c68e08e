-- Orders that a rule or a person holds, and since which day; those that wait for approval alone are not among them.
-- In:    company_id int
-- Out:   order_id bigint, external_ref text, held_on date
-- Needs: nothing
SELECT sales_order.id AS order_id, sales_order.external_ref, (min(hold.placed_at) AT TIME ZONE 'UTC')::DATE AS held_on
  FROM sales_order
  JOIN hold ON hold.company_id = sales_order.company_id AND hold.order_id = sales_order.id AND hold.lifted_at IS NULL
 WHERE sales_order.company_id = %(company_id)s::INT AND sales_order.state = 'held'
   AND sales_order.state IN ('submitted', 'held', 'released')
 GROUP BY sales_order.id, sales_order.external_ref
 ORDER BY sales_order.id

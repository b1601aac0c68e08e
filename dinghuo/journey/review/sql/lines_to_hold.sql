-- Lines that a person wants to let wait, with the state of their orders and what of them has no stock yet.
-- In:    company_id int, line_ids bigint[]
-- Out:   id bigint, order_id bigint, position int, number text, order_state text, order_version int, waits numeric (stock units),
--        is_held boolean (by a person)
-- Needs: nothing before; lock the orders, then read again
SELECT line.id, line.order_id, line.position, sales_order.number, sales_order.state AS order_state,
       sales_order.version AS order_version, line.ordered - line.allocated AS waits,
       exists (
           SELECT FROM hold
            WHERE hold.company_id = %(company_id)s::INT AND hold.order_line_id = line.id AND hold.rule_id IS NULL
              AND hold.lifted_at IS NULL) AS is_held
  FROM sales_order_line AS line
  JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = line.order_id
 WHERE line.company_id = %(company_id)s::INT AND line.id = ANY(%(line_ids)s::BIGINT[])
 ORDER BY line.id

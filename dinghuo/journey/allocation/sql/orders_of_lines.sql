-- Find the orders of lines.
-- In:    company_id int, line_ids bigint[]
-- Out:   id bigint, order_id bigint; by line
-- Needs: nothing
SELECT line.id, line.order_id
  FROM sales_order_line AS line
 WHERE line.company_id = %(company_id)s::INT AND line.id = ANY(%(line_ids)s::BIGINT[])
 ORDER BY line.id

-- Name the lines of an order that want goods, whatever its state.
-- In:    company_id int, order_id bigint
-- Out:   line_id bigint, product_id bigint; by line
-- Needs: nothing
SELECT line.id AS line_id, line.product_id
  FROM sales_order_line AS line
 WHERE line.company_id = %(company_id)s::INT AND line.order_id = %(order_id)s::BIGINT AND line.allocated < line.ordered
 ORDER BY line.id

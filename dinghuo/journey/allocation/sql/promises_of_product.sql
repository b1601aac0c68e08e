-- List the days that waiting lines of a product are promised.
-- In:    company_id integer, product_id bigint
-- Out:   line_id bigint, order_id bigint, order_number text, position integer, name text, name_zh text (the customer's), wanted numeric
--        (stock units, not allocated yet), promised_on date (null: none known); by line
-- Needs: nothing
SELECT
    line.id AS line_id, line.order_id, sales_order.number AS order_number, line.position, customer.name, customer.name_zh,
    line.ordered - line.allocated AS wanted, promise.promised_on
  FROM line_promise AS promise
 INNER JOIN sales_order_line AS line ON line.company_id = promise.company_id AND line.id = promise.order_line_id
 INNER JOIN sales_order ON sales_order.company_id = promise.company_id AND sales_order.id = line.order_id
 INNER JOIN customer ON customer.company_id = promise.company_id AND customer.id = sales_order.customer_id
 WHERE promise.company_id = %(company_id)s::INT AND promise.product_id = %(product_id)s::BIGINT AND promise.is_open
   AND sales_order.state IN ('submitted', 'held', 'released') AND line.allocated < line.ordered
 ORDER BY line.id

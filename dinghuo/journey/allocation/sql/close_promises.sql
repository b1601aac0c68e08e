-- Close the promises of products whose lines have their goods or are out of work.
-- In:    company_id int, product_ids bigint[]
-- Out:   nothing
-- Needs: the products locked for promises by this transaction
UPDATE line_promise SET is_open = FALSE
  FROM sales_order_line AS line
  JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = line.order_id
 WHERE line_promise.company_id = %(company_id)s::INT AND line_promise.product_id = ANY(%(product_ids)s::BIGINT[]) AND line_promise.is_open
   AND line.company_id = %(company_id)s::INT AND line.id = line_promise.order_line_id
   AND (line.allocated >= line.ordered OR sales_order.state NOT IN ('submitted', 'held', 'released'))

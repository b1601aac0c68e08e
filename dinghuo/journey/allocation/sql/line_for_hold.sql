-- Show the order line that is to get what a hold keeps.
-- In:    company_id int, order_line_id bigint
-- Out:   order_id bigint, customer_id bigint, product_id bigint, state text (the order's), wanted numeric (stock units), is_held boolean;
--        one row or none
-- Needs: the order locked by this transaction, when what is shown is to be written on
SELECT sales_order.id AS order_id, sales_order.customer_id, line.product_id, sales_order.state, line.ordered - line.allocated AS wanted,
       (SELECT count(*) FROM hold
         WHERE hold.company_id = %(company_id)s::INT AND hold.order_line_id = line.id AND hold.lifted_at IS NULL) > 0 AS is_held
  FROM sales_order_line AS line
  JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = line.order_id
 WHERE line.company_id = %(company_id)s::INT AND line.id = %(order_line_id)s::BIGINT

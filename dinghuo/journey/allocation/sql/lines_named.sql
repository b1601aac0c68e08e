-- Name order lines as people know them.
-- In:    company_id int, line_ids bigint[]
-- Out:   id bigint, order_number text, position int, customer text (code), customer_class text, requested_on date
-- Needs: nothing
SELECT line.id, sales_order.number AS order_number, line.position, customer.code AS customer, customer.customer_class,
       sales_order.requested_on
  FROM sales_order_line AS line
  JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = line.order_id
  JOIN customer ON customer.company_id = %(company_id)s::INT AND customer.id = sales_order.customer_id
 WHERE line.company_id = %(company_id)s::INT AND line.id = ANY(%(line_ids)s::BIGINT[])
 ORDER BY line.id

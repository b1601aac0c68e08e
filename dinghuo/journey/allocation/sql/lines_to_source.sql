-- List the lines of released orders that still want stock, as sourcing reads them: what, how much, how heavy, where to.
-- In:    company_id int, order_ids bigint[] (null for all), count int
-- Out:   id bigint, order_id bigint, order_number text, product_id bigint, product text, wanted numeric (stock units),
--        weight_kg numeric (of one unit), country text; at most count rows, orders by priority, day and id
-- Needs: nothing
SELECT line.id, line.order_id, sales_order.number AS order_number, line.product_id, product.code AS product,
       trim_scale(line.ordered - line.allocated) AS wanted, product.weight_kg, sales_order.ship_to_country AS country
  FROM sales_order
 INNER JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.order_id = sales_order.id
 INNER JOIN product ON product.company_id = %(company_id)s::INT AND product.id = line.product_id
 WHERE sales_order.company_id = %(company_id)s::INT AND sales_order.state = 'released' AND line.allocated < line.ordered
   AND (%(order_ids)s::BIGINT[] IS NULL OR sales_order.id = ANY(%(order_ids)s::BIGINT[]))
 ORDER BY sales_order.priority, sales_order.ordered_on, sales_order.id, line.position
 LIMIT %(count)s::INT

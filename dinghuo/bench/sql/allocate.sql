-- Floor, allocation: give each line all it wants from its order's warehouse.
-- In:    company_id int, order_ids bigint[], at timestamptz
-- Out:   nothing
-- Needs: the run written, enough stock in one level
INSERT INTO allocation (company_id, run_id, order_line_id, stock_level_id, quantity, allocated_at)
SELECT %(company_id)s::INT, (SELECT max(id) FROM allocation_run WHERE company_id = %(company_id)s::INT), line.id, level.id, line.ordered,
       %(at)s::TIMESTAMPTZ
  FROM sales_order
  JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.order_id = sales_order.id
  JOIN stock_level AS level
    ON level.company_id = %(company_id)s::INT AND level.product_id = line.product_id AND level.warehouse_id = sales_order.warehouse_id
 WHERE sales_order.company_id = %(company_id)s::INT AND sales_order.id = ANY(%(order_ids)s::BIGINT[])

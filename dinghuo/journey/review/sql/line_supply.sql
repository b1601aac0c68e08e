-- What is free of each line's product in all active warehouses.
-- In:    company_id int, order_ids bigint[]
-- Out:   line_id bigint, available numeric (stock units); one row a line whose product has any stock level
-- Needs: nothing
SELECT line.id AS line_id, free.available
  FROM sales_order_line AS line
  JOIN (SELECT stock_level.product_id, sum(stock_level.on_hand - stock_level.allocated) AS available
          FROM stock_level
          JOIN warehouse ON warehouse.company_id = %(company_id)s::INT AND warehouse.id = stock_level.warehouse_id
         WHERE stock_level.company_id = %(company_id)s::INT AND warehouse.is_active
           AND stock_level.product_id IN (
               SELECT wanted.product_id
                 FROM sales_order_line AS wanted
                WHERE wanted.company_id = %(company_id)s::INT AND wanted.order_id = ANY(%(order_ids)s::BIGINT[]))
         GROUP BY stock_level.product_id) AS free ON free.product_id = line.product_id
 WHERE line.company_id = %(company_id)s::INT AND line.order_id = ANY(%(order_ids)s::BIGINT[])

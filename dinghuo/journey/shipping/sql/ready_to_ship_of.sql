-- The named released order and warehouse with allocated goods that no shipment holds.
-- In:    company_id int, order_ids bigint[]
-- Out:   order_id bigint, warehouse_id bigint
-- Needs: nothing; lock the orders before acting on it
SELECT sales_order.id AS order_id, level.warehouse_id
  FROM sales_order
  JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.order_id = sales_order.id
  JOIN allocation ON allocation.company_id = %(company_id)s::INT AND allocation.order_line_id = line.id
  JOIN stock_level AS level ON level.company_id = %(company_id)s::INT AND level.id = allocation.stock_level_id
 WHERE sales_order.company_id = %(company_id)s::INT AND sales_order.state = 'released'
   AND sales_order.id = ANY(%(order_ids)s::BIGINT[])
   AND line.allocated > line.shipped AND allocation.given_back < allocation.quantity
   AND NOT EXISTS (SELECT FROM shipment_line AS held
                    WHERE held.company_id = %(company_id)s::INT AND held.allocation_id = allocation.id AND NOT held.is_cancelled)
 GROUP BY sales_order.id, level.warehouse_id
 ORDER BY sales_order.id, level.warehouse_id

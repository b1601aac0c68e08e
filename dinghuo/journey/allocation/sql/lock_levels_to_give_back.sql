-- Lock the stock levels that hold allocations of orders.
-- In:    company_id int, order_ids bigint[]
-- Out:   id bigint
-- Needs: the orders locked by this transaction
SELECT stock_level.id
  FROM stock_level
 WHERE stock_level.company_id = %(company_id)s::INT
   AND stock_level.id IN (
       SELECT allocation.stock_level_id
         FROM sales_order_line AS line
         JOIN allocation ON allocation.company_id = %(company_id)s::INT AND allocation.order_line_id = line.id
        WHERE line.company_id = %(company_id)s::INT AND line.order_id = ANY(%(order_ids)s::BIGINT[])
          AND line.allocated > line.shipped AND allocation.given_back < allocation.quantity)
 ORDER BY stock_level.warehouse_id, stock_level.product_id, stock_level.lot_id, stock_level.id
   FOR NO KEY UPDATE

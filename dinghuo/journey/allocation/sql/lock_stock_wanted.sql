-- Lock the stock levels that have something left of what orders still want.
-- In:    company_id int, order_ids bigint[]
-- Out:   id bigint
-- Needs: the orders locked by this transaction
SELECT stock_level.id
  FROM stock_level
 WHERE stock_level.company_id = %(company_id)s::INT AND stock_level.on_hand > stock_level.allocated
   AND stock_level.product_id IN (
       SELECT line.product_id
         FROM sales_order_line AS line
        WHERE line.company_id = %(company_id)s::INT AND line.order_id = ANY(%(order_ids)s::BIGINT[])
          AND line.allocated < line.ordered)
 ORDER BY stock_level.warehouse_id, stock_level.product_id, stock_level.lot_id, stock_level.id
   FOR NO KEY UPDATE

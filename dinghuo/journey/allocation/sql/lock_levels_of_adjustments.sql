-- Lock the stock levels that adjustments name.
-- In:    company_id int, warehouse_ids bigint[], product_ids bigint[]
-- Out:   id bigint; every lot of a named product in its warehouse
-- Needs: the number series locked by this transaction
SELECT stock_level.id
  FROM stock_level
 WHERE stock_level.company_id = %(company_id)s::INT
   AND (stock_level.warehouse_id, stock_level.product_id) IN (
       SELECT warehouse_id, product_id
         FROM unnest(%(warehouse_ids)s::BIGINT[], %(product_ids)s::BIGINT[]) AS asked (warehouse_id, product_id))
 ORDER BY stock_level.warehouse_id, stock_level.product_id, stock_level.lot_id, stock_level.id
   FOR NO KEY UPDATE

-- Lock the stock levels of some products.
-- In:    company_id int, product_ids bigint[]
-- Out:   id bigint
-- Needs: the orders locked by this transaction
SELECT stock_level.id
  FROM stock_level
 WHERE stock_level.company_id = %(company_id)s::INT AND stock_level.product_id = ANY(%(product_ids)s::BIGINT[])
 ORDER BY stock_level.warehouse_id, stock_level.product_id, stock_level.lot_id, stock_level.id
   FOR NO KEY UPDATE

-- Lock the stock levels that holds keep units of.
-- In:    company_id int, stock_hold_ids bigint[]
-- Out:   id bigint
-- Needs: the orders that are to get them locked by this transaction
SELECT level.id
  FROM stock_level AS level
 WHERE level.company_id = %(company_id)s::INT
   AND level.id IN (
       SELECT part.stock_level_id
         FROM stock_hold_part AS part
        WHERE part.company_id = %(company_id)s::INT AND part.stock_hold_id = ANY(%(stock_hold_ids)s::BIGINT[]))
 ORDER BY level.warehouse_id, level.product_id, level.lot_id, level.id
   FOR NO KEY UPDATE

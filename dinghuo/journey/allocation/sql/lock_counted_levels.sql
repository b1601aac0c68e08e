-- Lock the stock levels of a count's sheet.
-- In:    company_id int, count_id bigint
-- Out:   id bigint
-- Needs: the number series locked by this transaction
SELECT level.id
  FROM stock_level AS level
 WHERE level.company_id = %(company_id)s::INT
   AND level.id IN (
       SELECT line.stock_level_id
         FROM stock_count_line AS line
        WHERE line.company_id = %(company_id)s::INT AND line.count_id = %(count_id)s::BIGINT)
 ORDER BY level.warehouse_id, level.product_id, level.lot_id, level.id
   FOR NO KEY UPDATE

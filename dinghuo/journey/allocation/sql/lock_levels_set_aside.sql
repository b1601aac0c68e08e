-- Lock the stock levels of goods that were set aside.
-- In:    company_id int, quarantine_ids bigint[]
-- Out:   id bigint
-- Needs: the number series locked by this transaction
SELECT level.id
  FROM stock_level AS level
 WHERE level.company_id = %(company_id)s::INT
   AND level.id IN (
       SELECT quarantine.stock_level_id
         FROM quarantine
        WHERE quarantine.company_id = %(company_id)s::INT AND quarantine.id = ANY(%(quarantine_ids)s::BIGINT[]))
 ORDER BY level.warehouse_id, level.product_id, level.lot_id, level.id
   FOR NO KEY UPDATE

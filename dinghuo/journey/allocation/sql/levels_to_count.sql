-- Lock the stock levels of a warehouse, or of one zone of it, that a count is to look at.
-- In:    company_id int, warehouse_id bigint, zone text (empty for all), product_ids bigint[] (null for all)
-- Out:   id bigint
-- Needs: the number series locked by this transaction
SELECT level.id
  FROM stock_level AS level
 WHERE level.company_id = %(company_id)s::INT AND level.warehouse_id = %(warehouse_id)s::BIGINT
   AND (%(product_ids)s::BIGINT[] IS NULL OR level.product_id = ANY(%(product_ids)s::BIGINT[]))
   AND (%(zone)s::TEXT = ''
        OR EXISTS (SELECT FROM stock_setting AS setting
                    WHERE setting.company_id = %(company_id)s::INT AND setting.warehouse_id = level.warehouse_id
                      AND setting.product_id = level.product_id AND setting.zone = %(zone)s::TEXT))
 ORDER BY level.warehouse_id, level.product_id, level.lot_id, level.id
   FOR NO KEY UPDATE

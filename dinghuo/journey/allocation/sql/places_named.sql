-- Name stock levels as people know them.
-- In:    company_id int, level_ids bigint[]
-- Out:   id bigint, warehouse text, lot text (null without lots), expires_on date
-- Needs: nothing
SELECT stock_level.id, warehouse.code AS warehouse, lot.code AS lot, lot.expires_on
  FROM stock_level
  JOIN warehouse ON warehouse.company_id = %(company_id)s::INT AND warehouse.id = stock_level.warehouse_id
  LEFT JOIN lot ON lot.company_id = %(company_id)s::INT AND lot.id = stock_level.lot_id
 WHERE stock_level.company_id = %(company_id)s::INT AND stock_level.id = ANY(%(level_ids)s::BIGINT[])
 ORDER BY stock_level.id

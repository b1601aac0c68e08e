-- Lock the free stock of some products in some warehouses, in the order in which it is held: by expiry, then by receipt.
-- In:    company_id int, today date, warehouse_ids bigint[], product_ids bigint[]
-- Out:   id bigint, warehouse_id bigint, product_id bigint, free numeric, expires_on date, received_on date; in the order of the locks
-- Needs: nothing
SELECT level.id, level.warehouse_id, level.product_id, level.on_hand - level.allocated AS free, lot.expires_on, lot.received_on
  FROM stock_level AS level
  JOIN warehouse ON warehouse.company_id = %(company_id)s::INT AND warehouse.id = level.warehouse_id AND warehouse.is_active
  LEFT JOIN lot ON lot.company_id = %(company_id)s::INT AND lot.id = level.lot_id
 WHERE level.company_id = %(company_id)s::INT AND level.on_hand > level.allocated
   AND (level.warehouse_id, level.product_id) IN (
       SELECT warehouse_id, product_id
         FROM unnest(%(warehouse_ids)s::BIGINT[], %(product_ids)s::BIGINT[]) AS asked (warehouse_id, product_id))
   AND (lot.expires_on IS NULL OR lot.expires_on >= %(today)s::DATE)
 ORDER BY level.warehouse_id, level.product_id, level.lot_id, level.id
   FOR NO KEY UPDATE OF level

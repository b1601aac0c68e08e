-- Lock the stock levels that shipments take from.
-- In:    company_id int, shipment_ids bigint[]
-- Out:   id bigint
-- Needs: the orders locked before, the shipments after
SELECT level.id
  FROM stock_level AS level
 WHERE level.company_id = %(company_id)s::INT
   AND level.id IN (
       SELECT allocation.stock_level_id
         FROM shipment_line AS line
         JOIN allocation ON allocation.company_id = %(company_id)s::INT AND allocation.id = line.allocation_id
        WHERE line.company_id = %(company_id)s::INT AND line.shipment_id = ANY(%(shipment_ids)s::BIGINT[]))
 ORDER BY level.warehouse_id, level.product_id, level.lot_id, level.id
   FOR NO KEY UPDATE

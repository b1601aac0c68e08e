-- Lock the orders of some shipments.
-- In:    company_id int, shipment_ids bigint[]
-- Out:   id bigint
-- Needs: number series locked before, documents after
SELECT id
  FROM sales_order
 WHERE company_id = %(company_id)s::INT
   AND id IN (SELECT order_id FROM shipment WHERE company_id = %(company_id)s::INT AND id = ANY(%(shipment_ids)s::BIGINT[]))
 ORDER BY id
   FOR NO KEY UPDATE

-- The named shipments with their orders.
-- In:    company_id int, shipment_ids bigint[]
-- Out:   shipment_id bigint, order_id bigint
-- Needs: nothing; lock them before acting on it
SELECT id AS shipment_id, order_id
  FROM shipment
 WHERE company_id = %(company_id)s::INT AND id = ANY(%(shipment_ids)s::BIGINT[])
 ORDER BY id

-- The shipments of some orders that are not cancelled.
-- In:    company_id int, order_ids bigint[]
-- Out:   id bigint, order_id bigint, state text; by id
-- Needs: the orders locked, so that no notice is being made
SELECT shipment.id, shipment.order_id, shipment.state
  FROM shipment
 WHERE shipment.company_id = %(company_id)s::INT AND shipment.order_id = ANY(%(order_ids)s::BIGINT[])
   AND shipment.state <> 'cancelled'
 ORDER BY shipment.id

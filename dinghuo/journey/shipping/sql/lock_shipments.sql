-- Lock shipments, with the state of their orders.
-- In:    company_id int, shipment_ids bigint[]
-- Out:   id bigint, number text, state text, order_id bigint, order_state text
-- Needs: number series, orders and stock levels locked before, receivables after
SELECT shipment.id, shipment.number, shipment.state, shipment.order_id, sales_order.state AS order_state
  FROM shipment
  JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = shipment.order_id
 WHERE shipment.company_id = %(company_id)s::INT AND shipment.id = ANY(%(shipment_ids)s::BIGINT[])
 ORDER BY shipment.id
   FOR NO KEY UPDATE OF shipment

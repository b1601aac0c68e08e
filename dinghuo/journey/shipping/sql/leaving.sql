-- Notices that are due to leave, of orders that are still released.
-- In:    company_id int, today date
-- Out:   shipment_id bigint, order_id bigint
-- Needs: nothing; lock them before acting on it
SELECT shipment.id AS shipment_id, shipment.order_id
  FROM shipment
  JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = shipment.order_id
 WHERE shipment.company_id = %(company_id)s::INT AND shipment.state = 'notice' AND shipment.state IN ('notice', 'dispatched')
   AND shipment.planned_on <= %(today)s::DATE AND sales_order.state = 'released'
 ORDER BY shipment.id

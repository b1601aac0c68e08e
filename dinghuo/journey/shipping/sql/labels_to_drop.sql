-- Lock the labels of cancelled shipments that are still wanted.
-- In:    company_id int
-- Out:   id bigint, state text, shipment_id bigint, order_id bigint, number text (the shipment's)
-- Needs: nothing; series, orders and shipments are locked before labels
SELECT label.id, label.state, label.shipment_id, shipment.order_id, shipment.number
  FROM shipping_label AS label
  JOIN shipment ON shipment.company_id = %(company_id)s::INT AND shipment.id = label.shipment_id
 WHERE label.company_id = %(company_id)s::INT AND label.state IN ('waiting', 'refused', 'booked') AND shipment.state = 'cancelled'
 ORDER BY label.id
   FOR NO KEY UPDATE OF label

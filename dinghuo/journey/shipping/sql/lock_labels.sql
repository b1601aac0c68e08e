-- Lock labels, with what their shipments are.
-- In:    company_id int, label_ids bigint[]
-- Out:   id bigint, state text, attempts int, problem text, shipment_id bigint, shipment_state text, order_id bigint, number text
--        (the shipment's), carrier_id bigint, tracking_number text
-- Needs: the shipments locked before where they are written
SELECT label.id, label.state, label.attempts, label.problem, label.shipment_id, shipment.state AS shipment_state, shipment.order_id,
       shipment.number, label.carrier_id, label.tracking_number
  FROM shipping_label AS label
  JOIN shipment ON shipment.company_id = %(company_id)s::INT AND shipment.id = label.shipment_id
 WHERE label.company_id = %(company_id)s::INT AND label.id = ANY(%(label_ids)s::BIGINT[])
 ORDER BY label.id
   FOR NO KEY UPDATE OF label

-- Find the shipments that events belong to by carrier and tracking number; of several the one made last.
-- In:    company_id int, places int[], carrier_ids bigint[], tracking_numbers text[] (each list one an event)
-- Out:   place int, shipment_id bigint, order_id bigint, state text; one row an event whose number is known
-- Needs: nothing; lock them before acting on it
SELECT asked.place, found.id AS shipment_id, found.order_id, found.state
  FROM unnest(%(places)s::INT[], %(carrier_ids)s::BIGINT[], %(tracking_numbers)s::TEXT[]) AS asked (place, carrier_id, tracking_number)
 CROSS JOIN LATERAL (
       SELECT shipment.id, shipment.order_id, shipment.state
         FROM shipment
        WHERE shipment.company_id = %(company_id)s::INT AND shipment.carrier_id = asked.carrier_id
          AND shipment.tracking_number = asked.tracking_number AND shipment.tracking_number <> ''
        ORDER BY shipment.id DESC
        LIMIT 1
       ) AS found
 ORDER BY asked.place

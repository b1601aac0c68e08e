-- The unclaimed events whose tracking number a shipment has by now, the oldest first.
-- In:    company_id int, count int
-- Out:   id bigint, carrier_id bigint, tracking_number text, status text, occurred_at timestamptz, external_ref text, code text, text text,
--        estimated_on date, raw jsonb; at most count rows
-- Needs: nothing; taking an event twice changes nothing
SELECT event.id, event.carrier_id, event.tracking_number, event.status, event.occurred_at, event.external_ref, event.code, event.text,
       event.estimated_on, event.raw
  FROM unclaimed_event AS event
 WHERE event.company_id = %(company_id)s::INT AND event.shipment_id IS NULL
   AND EXISTS (SELECT FROM shipment
                WHERE shipment.company_id = %(company_id)s::INT AND shipment.carrier_id = event.carrier_id
                  AND shipment.tracking_number = event.tracking_number AND shipment.tracking_number <> '')
 ORDER BY event.id
 LIMIT %(count)s::INT

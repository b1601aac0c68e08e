-- List events whose tracking number no shipment has, the newest first.
-- In:    company_id int, before bigint, count int
-- Out:   id bigint, carrier text (its code), tracking_number text, status text, code text, text text, occurred_at timestamptz,
--        recorded_at timestamptz, raw jsonb; at most count rows
-- Needs: nothing
SELECT event.id, carrier.code AS carrier, event.tracking_number, event.status, event.code, event.text, event.occurred_at,
       event.recorded_at, event.raw
  FROM unclaimed_event AS event
 INNER JOIN carrier ON carrier.company_id = event.company_id AND carrier.id = event.carrier_id
 WHERE event.company_id = %(company_id)s::INT AND event.shipment_id IS NULL AND event.id < %(before)s::BIGINT
 ORDER BY event.id DESC
 LIMIT %(count)s::INT

-- Note of unclaimed events which shipment they went to.
-- In:    company_id int, at timestamptz, ids bigint[], shipment_ids bigint[] (one an event)
-- Out:   number of rows
-- Needs: the events taken by this transaction
UPDATE unclaimed_event AS event
   SET shipment_id = given.shipment_id, claimed_at = %(at)s::TIMESTAMPTZ
  FROM unnest(%(ids)s::BIGINT[], %(shipment_ids)s::BIGINT[]) AS given (id, shipment_id)
 WHERE event.company_id = %(company_id)s::INT AND event.id = given.id AND event.shipment_id IS NULL

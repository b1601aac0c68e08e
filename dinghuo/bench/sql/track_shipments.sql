-- Floor, dispatch: track the shipments from the dock to the door.
-- In:    company_id int, order_ids bigint[], at timestamptz
-- Out:   nothing
-- Needs: nothing
INSERT INTO tracking_event (company_id, shipment_id, status, occurred_at, recorded_at)
SELECT %(company_id)s::INT, shipment.id, seen.status, %(at)s::TIMESTAMPTZ, %(at)s::TIMESTAMPTZ
  FROM (VALUES ('picked_up'), ('delivered')) AS seen (status)
 CROSS JOIN shipment
 WHERE shipment.company_id = %(company_id)s::INT AND shipment.order_id = ANY(%(order_ids)s::BIGINT[])

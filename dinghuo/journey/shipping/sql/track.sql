-- Put a tracking event of one status on shipments.
-- In:    company_id int, at timestamptz, status text, shipment_ids bigint[]
-- Out:   nothing
-- Needs: the shipments locked
INSERT INTO tracking_event (company_id, shipment_id, status, occurred_at, recorded_at)
SELECT %(company_id)s::INT, shipment_id, %(status)s::TEXT, %(at)s::TIMESTAMPTZ, %(at)s::TIMESTAMPTZ
  FROM unnest(%(shipment_ids)s::BIGINT[]) AS seen (shipment_id)
 ORDER BY shipment_id

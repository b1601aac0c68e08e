-- Tell where the goods of a shipment were seen, the latest first.
-- In:    company_id int, shipment_id bigint
-- Out:   id bigint, status text, occurred_at timestamptz, recorded_at timestamptz, code text, text text, estimated_on date,
--        is_carriers boolean, raw jsonb
-- Needs: nothing
SELECT id, status, occurred_at, recorded_at, code, text, estimated_on, external_ref IS NOT NULL AS is_carriers, raw
  FROM tracking_event
 WHERE company_id = %(company_id)s::INT AND shipment_id = %(shipment_id)s::BIGINT
 ORDER BY occurred_at DESC, id DESC

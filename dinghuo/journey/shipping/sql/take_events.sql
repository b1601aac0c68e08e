-- Put carriers' events on their shipments; one that is there already is left as it is.
-- In:    company_id int, at timestamptz, shipment_ids bigint[], statuses text[], codes text[], texts text[], occurred timestamptz[],
--        estimated date[], refs text[], raws text[] (each list one an event)
-- Out:   shipment_id bigint, external_ref text; one row an event that is new
-- Needs: the shipments locked
INSERT INTO tracking_event (company_id, shipment_id, status, code, text, occurred_at, estimated_on, external_ref, raw, recorded_at)
SELECT %(company_id)s::INT, shipment_id, status, code, text, occurred_at, estimated_on, external_ref, raw::JSONB, %(at)s::TIMESTAMPTZ
  FROM unnest(%(shipment_ids)s::BIGINT[], %(statuses)s::TEXT[], %(codes)s::TEXT[], %(texts)s::TEXT[], %(occurred)s::TIMESTAMPTZ[],
              %(estimated)s::DATE[], %(refs)s::TEXT[], %(raws)s::TEXT[])
       AS seen (shipment_id, status, code, text, occurred_at, estimated_on, external_ref, raw)
 ORDER BY shipment_id, occurred_at, external_ref
    ON CONFLICT (company_id, shipment_id, external_ref) DO NOTHING
RETURNING shipment_id, external_ref

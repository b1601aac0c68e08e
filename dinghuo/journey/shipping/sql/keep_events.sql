-- Keep carriers' events whose tracking number no shipment has; one that is kept already is left as it is.
-- In:    company_id int, at timestamptz, carrier_ids bigint[], tracking_numbers text[], statuses text[], codes text[], texts text[],
--        occurred timestamptz[], estimated date[], refs text[], raws text[] (each list one an event)
-- Out:   number of rows
-- Needs: nothing
INSERT INTO unclaimed_event
       (company_id, carrier_id, tracking_number, status, code, text, occurred_at, estimated_on, external_ref, raw, recorded_at)
SELECT %(company_id)s::INT, carrier_id, tracking_number, status, code, text, occurred_at, estimated_on, external_ref, raw::JSONB,
       %(at)s::TIMESTAMPTZ
  FROM unnest(%(carrier_ids)s::BIGINT[], %(tracking_numbers)s::TEXT[], %(statuses)s::TEXT[], %(codes)s::TEXT[], %(texts)s::TEXT[],
              %(occurred)s::TIMESTAMPTZ[], %(estimated)s::DATE[], %(refs)s::TEXT[], %(raws)s::TEXT[])
       AS seen (carrier_id, tracking_number, status, code, text, occurred_at, estimated_on, external_ref, raw)
 ORDER BY carrier_id, tracking_number, external_ref
    ON CONFLICT (company_id, carrier_id, tracking_number, external_ref) DO NOTHING

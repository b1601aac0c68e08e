-- Let go of the allocations that shipments held.
-- In:    company_id int, shipment_ids bigint[]
-- Out:   nothing
-- Needs: the shipments locked, and cancelled by this transaction
UPDATE shipment_line
   SET is_cancelled = TRUE
 WHERE company_id = %(company_id)s::INT AND shipment_id = ANY(%(shipment_ids)s::BIGINT[]) AND NOT is_cancelled

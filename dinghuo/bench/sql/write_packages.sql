-- Floor, dispatch: write a package for each shipment; its code has the length of an SSCC.
-- In:    company_id int, order_ids bigint[]
-- Out:   nothing
-- Needs: nothing
INSERT INTO package (company_id, shipment_id, sscc, weight_kg)
SELECT %(company_id)s::INT, id, lpad(id::TEXT, 18, '0'), weight_kg
  FROM shipment
 WHERE company_id = %(company_id)s::INT AND order_id = ANY(%(order_ids)s::BIGINT[])

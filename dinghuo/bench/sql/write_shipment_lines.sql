-- Floor, notice: write the lines of the shipments, one an allocation.
-- In:    company_id int, order_ids bigint[]
-- Out:   nothing
-- Needs: the shipments written
INSERT INTO shipment_line (company_id, shipment_id, allocation_id, quantity)
SELECT %(company_id)s::INT, shipment.id, allocation.id, allocation.quantity
  FROM shipment
  JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.order_id = shipment.order_id
  JOIN allocation ON allocation.company_id = %(company_id)s::INT AND allocation.order_line_id = line.id
 WHERE shipment.company_id = %(company_id)s::INT AND shipment.order_id = ANY(%(order_ids)s::BIGINT[])

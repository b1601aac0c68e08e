-- Tell what shipment lines held: whose order, which product, at what price.
-- In:    company_id integer, shipment_line_ids bigint[]
-- Out:   shipment_line_id bigint, order_id bigint, product_id bigint, unit_price numeric; unknown ids are left out
-- Needs: nothing
SELECT shipment_line.id AS shipment_line_id, line.order_id, line.product_id, line.unit_price
  FROM shipment_line
 INNER JOIN allocation ON allocation.company_id = shipment_line.company_id AND allocation.id = shipment_line.allocation_id
 INNER JOIN sales_order_line AS line ON line.company_id = shipment_line.company_id AND line.id = allocation.order_line_id
 WHERE shipment_line.company_id = %(company_id)s::INT
   AND shipment_line.id = ANY(%(shipment_line_ids)s::BIGINT [])
   AND NOT shipment_line.is_cancelled

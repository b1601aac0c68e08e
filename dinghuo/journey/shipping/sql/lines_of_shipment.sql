-- Show what a shipment holds, in the order of the sales order's lines.
-- In:    company_id integer, shipment_id bigint
-- Out:   id bigint, order_line_id bigint, position integer, product_id bigint, product text (its code), lot text, quantity numeric,
--        returned numeric (stock units), is_cancelled boolean
-- Needs: nothing
SELECT
    shipment_line.id, line.id AS order_line_id, line.position, line.product_id, product.code AS product, lot.code AS lot,
    trim_scale(shipment_line.quantity) AS quantity, trim_scale(shipment_line.returned) AS returned, shipment_line.is_cancelled
  FROM shipment_line
 INNER JOIN allocation ON allocation.company_id = shipment_line.company_id AND allocation.id = shipment_line.allocation_id
 INNER JOIN sales_order_line AS line ON line.company_id = shipment_line.company_id AND line.id = allocation.order_line_id
 INNER JOIN product ON product.company_id = shipment_line.company_id AND product.id = line.product_id
 INNER JOIN stock_level AS stock ON stock.company_id = shipment_line.company_id AND stock.id = allocation.stock_level_id
  LEFT JOIN lot ON lot.company_id = shipment_line.company_id AND lot.id = stock.lot_id
 WHERE shipment_line.company_id = %(company_id)s::INT AND shipment_line.shipment_id = %(shipment_id)s::BIGINT
 ORDER BY line.position, shipment_line.id

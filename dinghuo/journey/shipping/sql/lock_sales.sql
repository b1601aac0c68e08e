-- Lock the shipment lines by which customers got products and of which something has not come back, and the named ones, the latest first.
-- In:    company_id int, customer_ids bigint[], product_ids bigint[] (pairs), shipment_line_ids bigint[] (wanted even with nothing left)
-- Out:   shipment_line_id bigint, customer_id bigint, product_id bigint, left numeric (stock units), dispatched_on date, source_row int,
--        tax_rate numeric, lot_id bigint, unit_cost numeric (what a unit left stock at)
-- Needs: the number series locked before
SELECT line.id AS shipment_line_id, sales_order.customer_id, order_line.product_id, line.quantity - line.returned AS "left",
       shipment.dispatched_on, order_line.source_row, order_line.tax_rate, level.lot_id,
       coalesce(-move.cost_amount / line.quantity, 0) AS unit_cost
  FROM unnest(%(customer_ids)s::BIGINT[], %(product_ids)s::BIGINT[]) AS asked (customer_id, product_id)
  JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.customer_id = asked.customer_id
  JOIN sales_order_line AS order_line ON order_line.company_id = %(company_id)s::INT AND order_line.order_id = sales_order.id
                                     AND order_line.product_id = asked.product_id AND order_line.shipped > 0
  JOIN allocation ON allocation.company_id = %(company_id)s::INT AND allocation.order_line_id = order_line.id
  JOIN shipment_line AS line ON line.company_id = %(company_id)s::INT AND line.allocation_id = allocation.id AND NOT line.is_cancelled
  JOIN shipment ON shipment.company_id = %(company_id)s::INT AND shipment.id = line.shipment_id
               AND shipment.state IN ('dispatched', 'delivered')
  JOIN stock_level AS level ON level.company_id = %(company_id)s::INT AND level.id = allocation.stock_level_id
  JOIN stock_document AS document ON document.company_id = %(company_id)s::INT AND document.kind = 'dispatch'
                                 AND document.number = shipment.number
  LEFT JOIN stock_move AS move ON move.company_id = %(company_id)s::INT AND move.document_id = document.id
                              AND move.allocation_id = allocation.id
 WHERE (line.returned < line.quantity OR line.id = ANY(%(shipment_line_ids)s::BIGINT[]))
 ORDER BY shipment.dispatched_on DESC, line.id DESC
   FOR NO KEY UPDATE OF line

-- Find order lines whose allocated or shipped quantity is not what their allocations and shipments come to.
-- In:    company_id int
-- Out:   row_id bigint (sales_order_line), document text, expected text, found text, detail text; at most 100 rows
-- Needs: nothing
WITH gone AS (
    SELECT line.allocation_id, sum(line.quantity) AS quantity
      FROM shipment
      JOIN shipment_line AS line ON line.company_id = %(company_id)s::INT AND line.shipment_id = shipment.id AND NOT line.is_cancelled
     WHERE shipment.company_id = %(company_id)s::INT AND shipment.state IN ('dispatched', 'delivered')
     GROUP BY line.allocation_id
), given AS (
    SELECT allocation.order_line_id, sum(allocation.quantity - allocation.given_back) AS allocated,
           sum(coalesce(gone.quantity, 0)) AS shipped
      FROM allocation
      LEFT JOIN gone ON gone.allocation_id = allocation.id
     WHERE allocation.company_id = %(company_id)s::INT
     GROUP BY allocation.order_line_id
)
SELECT line.id AS row_id, sales_order.number || ' / ' || line.position AS document,
       trim_scale(coalesce(given.allocated, 0)) || ' allocated, ' || trim_scale(coalesce(given.shipped, 0)) || ' shipped' AS expected,
       trim_scale(line.allocated) || ' allocated, ' || trim_scale(line.shipped) || ' shipped' AS found,
       trim_scale(line.ordered) || ' ordered' AS detail
  FROM sales_order_line AS line
  LEFT JOIN given ON given.order_line_id = line.id
  JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = line.order_id
 WHERE line.company_id = %(company_id)s::INT
   AND (line.allocated <> coalesce(given.allocated, 0) OR line.shipped <> coalesce(given.shipped, 0))
 ORDER BY line.id
 LIMIT 100

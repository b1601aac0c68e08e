-- Find allocations of which more is shipped, about to be shipped or given back than was given.
-- In:    company_id int
-- Out:   row_id bigint (allocation), document text, expected text, found text, detail text; at most 100 rows
-- Needs: nothing
WITH taken AS (
    SELECT line.allocation_id, sum(line.quantity) AS quantity, count(*) AS shipments
      FROM shipment_line AS line
     WHERE line.company_id = %(company_id)s::INT AND NOT line.is_cancelled
     GROUP BY line.allocation_id
)
SELECT allocation.id AS row_id, sales_order.number || ' / ' || line.position AS document,
       'at most ' || trim_scale(allocation.quantity) AS expected,
       trim_scale(taken.quantity) || ' shipped, ' || trim_scale(allocation.given_back) || ' given back' AS found,
       taken.shipments || ' shipment lines' AS detail
  FROM taken
  JOIN allocation ON allocation.company_id = %(company_id)s::INT AND allocation.id = taken.allocation_id
  JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.id = allocation.order_line_id
  JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = line.order_id
 WHERE taken.shipments > 1 OR taken.quantity + allocation.given_back > allocation.quantity
 ORDER BY allocation.id
 LIMIT 100

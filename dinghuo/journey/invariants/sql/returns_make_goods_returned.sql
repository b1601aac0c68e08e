-- Find shipped goods whose returned quantity is not what customers' returns come to, or is more than was shipped.
-- In:    company_id int
-- Out:   row_id bigint (shipment_line), document text, expected text, found text, detail text; at most 100 rows
-- Needs: nothing
WITH came_back AS (
    SELECT shipment_line_id, sum(quantity) AS quantity, count(*) AS lines
      FROM customer_return_line
     WHERE company_id = %(company_id)s::INT AND shipment_line_id IS NOT NULL
     GROUP BY shipment_line_id
)
SELECT line.id AS row_id, shipment.number AS document,
       trim_scale(coalesce(came_back.quantity, 0)) || ' of ' || trim_scale(line.quantity) || ' returned' AS expected,
       trim_scale(line.returned) || ' returned' AS found,
       coalesce(came_back.lines, 0) || ' lines of returns' AS detail
  FROM shipment_line AS line
  LEFT JOIN came_back ON came_back.shipment_line_id = line.id
  JOIN shipment ON shipment.company_id = %(company_id)s::INT AND shipment.id = line.shipment_id
 WHERE line.company_id = %(company_id)s::INT
   AND (line.returned <> coalesce(came_back.quantity, 0) OR line.returned > line.quantity
        OR line.returned > 0 AND (line.is_cancelled OR shipment.state NOT IN ('dispatched', 'delivered')))
 ORDER BY line.id
 LIMIT 100

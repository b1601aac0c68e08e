-- Find stock whose allocated quantity is not the sum of its open allocations (given, not given back, not shipped yet), of what is held for
-- somebody and of what is set aside.
-- In:    company_id int
-- Out:   row_id bigint (stock_level), document text, expected text, found text, detail text; at most 100 rows
-- Needs: nothing
WITH gone AS (
    SELECT line.allocation_id, sum(line.quantity) AS quantity
      FROM shipment
      JOIN shipment_line AS line ON line.company_id = %(company_id)s::INT AND line.shipment_id = shipment.id AND NOT line.is_cancelled
     WHERE shipment.company_id = %(company_id)s::INT AND shipment.state IN ('dispatched', 'delivered')
     GROUP BY line.allocation_id
), waiting AS (
    SELECT allocation.stock_level_id, count(*) AS allocations,
           sum(allocation.quantity - allocation.given_back - coalesce(gone.quantity, 0)) AS quantity
      FROM allocation
      LEFT JOIN gone ON gone.allocation_id = allocation.id
     WHERE allocation.company_id = %(company_id)s::INT
     GROUP BY allocation.stock_level_id
), kept AS (
    SELECT part.stock_level_id, part.quantity
      FROM stock_hold
      JOIN stock_hold_part AS part ON part.company_id = %(company_id)s::INT AND part.stock_hold_id = stock_hold.id
     WHERE stock_hold.company_id = %(company_id)s::INT AND stock_hold.state = 'open'
     UNION ALL
    SELECT stock_level_id, quantity FROM quarantine WHERE company_id = %(company_id)s::INT AND state = 'open'
), aside AS (
    SELECT stock_level_id, sum(quantity) AS quantity FROM kept GROUP BY stock_level_id
)
SELECT level.id AS row_id, product.code || ' @ ' || warehouse.code AS document,
       trim_scale(coalesce(waiting.quantity, 0) + coalesce(aside.quantity, 0)) || ' allocated' AS expected,
       trim_scale(level.allocated) || ' allocated' AS found,
       coalesce(waiting.allocations, 0) || ' allocations, ' || trim_scale(coalesce(aside.quantity, 0)) || ' held or set aside' AS detail
  FROM stock_level AS level
  LEFT JOIN waiting ON waiting.stock_level_id = level.id
  LEFT JOIN aside ON aside.stock_level_id = level.id
  JOIN product ON product.company_id = %(company_id)s::INT AND product.id = level.product_id
  JOIN warehouse ON warehouse.company_id = %(company_id)s::INT AND warehouse.id = level.warehouse_id
 WHERE level.company_id = %(company_id)s::INT AND level.allocated <> coalesce(waiting.quantity, 0) + coalesce(aside.quantity, 0)
 ORDER BY level.id
 LIMIT 100

-- Find stock whose quantity or cost is not the sum of its moves.
-- In:    company_id int
-- Out:   row_id bigint (stock_level), document text, expected text, found text, detail text; at most 100 rows
-- Needs: nothing
WITH moved AS (
    SELECT stock_level_id, count(*) AS moves, sum(quantity) AS quantity, sum(cost_amount) AS cost_amount
      FROM stock_move
     WHERE company_id = %(company_id)s::INT
     GROUP BY stock_level_id
)
SELECT level.id AS row_id, product.code || ' @ ' || warehouse.code AS document,
       trim_scale(coalesce(moved.quantity, 0)) || ' at ' || trim_scale(coalesce(moved.cost_amount, 0)) AS expected,
       trim_scale(level.on_hand) || ' at ' || trim_scale(level.cost_amount) AS found,
       coalesce(moved.moves, 0) || ' moves' AS detail
  FROM stock_level AS level
  LEFT JOIN moved ON moved.stock_level_id = level.id
  JOIN product ON product.company_id = %(company_id)s::INT AND product.id = level.product_id
  JOIN warehouse ON warehouse.company_id = %(company_id)s::INT AND warehouse.id = level.warehouse_id
 WHERE level.company_id = %(company_id)s::INT
   AND (level.on_hand <> coalesce(moved.quantity, 0) OR level.cost_amount <> coalesce(moved.cost_amount, 0))
 ORDER BY level.id
 LIMIT 100

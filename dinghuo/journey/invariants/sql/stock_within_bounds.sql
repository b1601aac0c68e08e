-- Find stock of which more is allocated than lies there, or less than none.
-- In:    company_id int
-- Out:   row_id bigint (stock_level), document text, expected text, found text, detail text; at most 100 rows
-- Needs: nothing
SELECT level.id AS row_id, product.code || ' @ ' || warehouse.code AS document,
       '0 <= allocated <= on hand' AS expected,
       trim_scale(level.allocated) || ' allocated of ' || trim_scale(level.on_hand) AS found,
       'cost ' || trim_scale(level.cost_amount) AS detail
  FROM stock_level AS level
  JOIN product ON product.company_id = %(company_id)s::INT AND product.id = level.product_id
  JOIN warehouse ON warehouse.company_id = %(company_id)s::INT AND warehouse.id = level.warehouse_id
 WHERE level.company_id = %(company_id)s::INT
   AND (level.allocated < 0 OR level.allocated > level.on_hand OR level.cost_amount < 0 OR level.on_hand = 0 AND level.cost_amount <> 0)
 ORDER BY level.id
 LIMIT 100

-- Find stock whose balance from the moves, as of the last day on which anything was recorded, is not what lies there: a move dated later
-- than it was recorded.
-- In:    company_id int
-- Out:   row_id bigint (stock_level), document text, expected text, found text, detail text; at most 100 rows
-- Needs: nothing
WITH latest AS (
    -- A day is the company's own, which may be one ahead of the clock's.
    SELECT max((recorded_at AT TIME ZONE 'UTC')::DATE) + 1 AS latest_on
      FROM stock_document
     WHERE company_id = %(company_id)s::INT
), ahead AS (
    SELECT move.stock_level_id, sum(move.quantity) AS quantity, sum(move.cost_amount) AS cost_amount, min(document.number) AS number,
           min(document.moved_on) AS moved_on
      FROM stock_document AS document
      JOIN stock_move AS move ON move.company_id = %(company_id)s::INT AND move.document_id = document.id
     WHERE document.company_id = %(company_id)s::INT AND document.moved_on > (SELECT latest_on FROM latest)
     GROUP BY move.stock_level_id
)
SELECT level.id AS row_id, product.code || ' @ ' || warehouse.code AS document,
       trim_scale(level.on_hand - ahead.quantity) || ' by the moves so far' AS expected, trim_scale(level.on_hand) || ' on hand' AS found,
       ahead.number || ' of ' || ahead.moved_on AS detail
  FROM ahead
  JOIN stock_level AS level ON level.company_id = %(company_id)s::INT AND level.id = ahead.stock_level_id
  JOIN product ON product.company_id = %(company_id)s::INT AND product.id = level.product_id
  JOIN warehouse ON warehouse.company_id = %(company_id)s::INT AND warehouse.id = level.warehouse_id
 ORDER BY level.id
 LIMIT 100

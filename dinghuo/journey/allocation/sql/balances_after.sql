-- Sum the moves of each stock level up to the end of a day, by id, after an id: what lay there then, and what it cost.
-- In:    company_id integer, balance_on date, after bigint, count integer, warehouse text and product text (codes, null for all)
-- Out:   id bigint (of the level), warehouse text, product text, lot text (codes, null without lots), on_hand numeric (stock units),
--        cost_amount numeric; levels that had nothing yet or nothing any more are left out; at most count rows
-- Needs: nothing
SELECT
    stock_level.id, warehouse.code AS warehouse, product.code AS product, lot.code AS lot, trim_scale(sum(move.quantity)) AS on_hand,
    trim_scale(sum(move.cost_amount)) AS cost_amount
  FROM stock_level
 INNER JOIN warehouse ON warehouse.company_id = stock_level.company_id AND warehouse.id = stock_level.warehouse_id
 INNER JOIN product ON product.company_id = stock_level.company_id AND product.id = stock_level.product_id
  LEFT JOIN lot ON lot.company_id = stock_level.company_id AND lot.id = stock_level.lot_id
 INNER JOIN stock_move AS move ON move.company_id = stock_level.company_id AND move.stock_level_id = stock_level.id
 INNER JOIN stock_document AS document ON document.company_id = move.company_id AND document.id = move.document_id
 WHERE stock_level.company_id = %(company_id)s::INT
   AND stock_level.id > %(after)s::BIGINT
   AND document.moved_on <= %(balance_on)s::DATE
   AND (%(warehouse)s::TEXT IS NULL OR warehouse.code = %(warehouse)s::TEXT)
   AND (%(product)s::TEXT IS NULL OR product.code = %(product)s::TEXT)
 GROUP BY stock_level.id, warehouse.code, product.code, lot.code
HAVING sum(move.quantity) <> 0 OR sum(move.cost_amount) <> 0
 ORDER BY stock_level.id
 LIMIT %(count)s::INT

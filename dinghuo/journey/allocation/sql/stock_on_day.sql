-- Sum the moves of each stock level up to the end of a day, by product and level, as people read it: what lay there then, what it cost.
-- In:    company_id integer, balance_on date, wanted text (part of a product's code or names, empty for all), lot text (part of a lot's
--        code, empty for all), warehouse_id bigint (null for all), after_code text and after_id bigint (where the page before ended),
--        count integer
-- Out:   id bigint (of the level), product_id bigint, product_code text, name text, name_zh text, unit text, warehouse_code text,
--        lot_code text, on_hand numeric (stock units), cost_amount numeric; levels that had nothing are left out; at most count rows
-- Needs: nothing
SELECT
    stock_level.id, product.id AS product_id, product.code AS product_code, product.name, product.name_zh, product.unit,
    warehouse.code AS warehouse_code, coalesce(lot.code, '') AS lot_code, sums.on_hand, sums.cost_amount
  FROM product
 INNER JOIN stock_level ON stock_level.company_id = product.company_id AND stock_level.product_id = product.id
 INNER JOIN warehouse ON warehouse.company_id = product.company_id AND warehouse.id = stock_level.warehouse_id
  LEFT JOIN lot ON lot.company_id = product.company_id AND lot.id = stock_level.lot_id
 INNER JOIN LATERAL (
    SELECT coalesce(sum(move.quantity), 0) AS on_hand, coalesce(sum(move.cost_amount), 0) AS cost_amount
      FROM stock_move AS move
     INNER JOIN stock_document AS document ON document.company_id = move.company_id AND document.id = move.document_id
     WHERE move.company_id = stock_level.company_id AND move.stock_level_id = stock_level.id
       AND document.moved_on <= %(balance_on)s::DATE
  ) AS sums ON sums.on_hand <> 0 OR sums.cost_amount <> 0
 WHERE product.company_id = %(company_id)s::INT
   AND product.code >= %(after_code)s::TEXT
   AND (product.code, stock_level.id) > (%(after_code)s::TEXT, %(after_id)s::BIGINT)
   AND (%(warehouse_id)s::BIGINT IS NULL OR stock_level.warehouse_id = %(warehouse_id)s::BIGINT)
   AND (%(lot)s::TEXT = '' OR strpos(lower(lot.code), lower(%(lot)s::TEXT)) > 0)
   AND (
       strpos(lower(product.code), lower(%(wanted)s::TEXT)) > 0
       OR strpos(lower(product.name), lower(%(wanted)s::TEXT)) > 0
       OR strpos(product.name_zh, %(wanted)s::TEXT) > 0
   )
 ORDER BY product.code, stock_level.id
 LIMIT %(count)s::INT
